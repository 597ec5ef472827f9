# Makes the records kept here as people did then: by its commands, with that commit built at $1, mosquitto and sharp.
set -eu
T="node $1/dist/cli/testigo.js"
cd "$(dirname "$0")"; rm -rf w; mkdir w; cd w
W=$($T ca init --dir ca 2>/dev/null | sed -n 3p)
for kind in centre kiosk; do
  mkdir $kind
  verb=request; [ $kind = centre ] && verb=centre
  words=$($T enrol $verb --dir $kind/identity 2>/dev/null | sed -n 4p)
  $T ca sign $kind/identity/request.txt --dir ca --words "$words" --out $kind/response.pem >/dev/null
  $T enrol install $kind/response.pem --dir $kind/identity --root-words "$W" >/dev/null
done
mkdir -p centre/central/devices
$T ca registry --dir ca >/dev/null
cp ca/registry.jws centre/central/devices/; cp ca/authority.pem centre/central/
$T custodian new --out custodian.key > custodian.pub
printf '{"custodians":["%s"]}' "$(head -1 custodian.pub)" > kiosk.json
$T simulate --out papers --count 4 --strip --seed before >/dev/null
HERE=$PWD; (cd $1 && node --input-type=module -e "
import sharp from 'sharp'; import {readdirSync} from 'node:fs'
const at='$HERE/papers/'
for (const f of readdirSync(at).filter(f=>f.endsWith('.png'))) { const i=sharp(at+f); const m=await i.metadata(); console.log(f,m.width,m.height)
 const h=Math.min(m.height,Math.round(m.width*1.25)); await i.extract({left:0,top:m.height-h,width:m.width,height:h}).resize({width:Math.round(m.width*0.5)}).greyscale().jpeg({quality:40}).toFile(at+f.replace('.png','.jpg')) }
await sharp({create:{width:300,height:300,channels:3,background:'#eee'}}).jpeg({quality:40}).toFile(at+'blank.jpg')
")
ls -la papers/*.jpg
printf 'listener 18999 127.0.0.1\nallow_anonymous true\n' > m.conf; mosquitto -c m.conf >/dev/null 2>&1 & M=$!
mkdir kiosk/inbox
KARGS="--config kiosk.json --identity kiosk/identity --journal kiosk/journal --state kiosk/kiosk.json --uplink kiosk/uplink --root kiosk/identity/root.pem --centre-key kiosk/identity/centre.pem"
kiosk() { $T kiosk $KARGS --inbox kiosk/inbox --panel none --button none --unread record --glance 0 > kiosk.log 2>&1 & K=$!; sleep 4; }
put() { cp papers/$1 kiosk/inbox/.c; mv kiosk/inbox/.c kiosk/inbox/$2; n=0; until [ $(grep -c '"event":"recorded"' kiosk.log) -ge $3 ]; do sleep 0.3; n=$((n+1)); [ $n -lt 100 ]; done; }
kiosk
put "$(cd papers; ls 0001*.jpg)" 1.jpg 1; put "$(cd papers; ls 0002*.jpg)" 2.jpg 2; put blank.jpg 3.jpg 3
kill $K; wait $K || true
$T central --identity centre/identity --directory centre/central --broker mqtt://127.0.0.1:18999 > central.log 2>&1 & C=$!
$T uplink --journal kiosk/journal --directory kiosk/uplink --root kiosk/identity/root.pem --centre-key kiosk/identity/centre.pem --broker mqtt://127.0.0.1:18999 > uplink.log 2>&1 & U=$!
sleep 12; kill $U $C $M; wait $U || true; wait $C || true
kiosk
put "$(cd papers; ls 0003*.jpg)" 4.jpg 1
kill $K; wait $K || true
$T void 3 --reason twice $(echo $KARGS | sed 's/--root [^ ]* --centre-key [^ ]*//') || true
$T close $(echo $KARGS | sed 's/--root [^ ]* --centre-key [^ ]*//') || true
mkdir stick
$T export stick --any-folder --journal kiosk/journal --uplink kiosk/uplink --root kiosk/identity/root.pem --centre-key kiosk/identity/centre.pem
$T verify kiosk/journal --root ca/root.pem || true; $T verify centre/central --root ca/root.pem || true; $T status --journal kiosk/journal --identity kiosk/identity --uplink kiosk/uplink
