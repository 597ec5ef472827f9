// Answers questions about logs by Go's own golang.org/x/mod/sumdb, which shares no line with Testigo: a question a line
// of standard input, as JSON, an answer a line of standard output.
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o PROGRAM main.go
package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type question struct {
	Do     string
	Note   []byte
	Key    string
	Others []string
	Index  int64
	Leaf   []byte
	Proof  [][]byte
	Older  head
	Newer  head
	Folder string
	Sizes  []int64
	Count  int64
	Length int
}

type head struct {
	Size int64
	Root []byte
}

type answer struct {
	Good  bool   `json:"good"`
	Why   string `json:"why,omitempty"`
	Given any    `json:"given,omitempty"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var asked question
		given, err := any(nil), json.Unmarshal(in.Bytes(), &asked)
		if err == nil {
			given, err = answerTo(asked)
		}
		said := answer{Good: err == nil, Given: given}
		if err != nil {
			said.Why = err.Error()
		}
		line, err := json.Marshal(said)
		if err != nil {
			panic(err)
		}
		out.Write(append(line, '\n'))
	}
	if err := in.Err(); err != nil {
		panic(err)
	}
}

func answerTo(q question) (any, error) {
	switch q.Do {
	case "note":
		opened, err := open(q.Note, q.Key, q.Others)
		if err != nil {
			return nil, err
		}
		return opened.Text, nil
	case "inclusion":
		proof, err := hashes(q.Proof)
		if err != nil {
			return nil, err
		}
		leaf, err := hash(q.Leaf)
		if err != nil {
			return nil, err
		}
		root, err := hash(q.Newer.Root)
		if err != nil {
			return nil, err
		}
		return nil, tlog.CheckRecord(proof, q.Newer.Size, root, q.Index, leaf)
	case "consistency":
		proof, err := hashes(q.Proof)
		if err != nil {
			return nil, err
		}
		older, err := hash(q.Older.Root)
		if err != nil {
			return nil, err
		}
		newer, err := hash(q.Newer.Root)
		if err != nil {
			return nil, err
		}
		return nil, tlog.CheckTree(proof, q.Newer.Size, newer, q.Older.Size, older)
	case "proof":
		return nil, checkProof(q)
	case "archive":
		return checkArchive(q)
	case "make":
		return makeLog(q.Count)
	case "build":
		return build(q.Count, q.Length)
	}
	return nil, fmt.Errorf("unknown question %q", q.Do)
}

func hash(b []byte) (tlog.Hash, error) {
	var h tlog.Hash
	if len(b) != tlog.HashSize {
		return h, errors.New("not a hash")
	}
	copy(h[:], b)
	return h, nil
}

func hashes(list [][]byte) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, b := range list {
		h, err := hash(b)
		if err != nil {
			return nil, err
		}
		all = append(all, h)
	}
	return all, nil
}

// open takes notes signed by key; others are witnesses, each of whom must have signed.
func open(msg []byte, key string, others []string) (*note.Note, error) {
	first, err := note.NewVerifier(key)
	if err != nil {
		return nil, err
	}
	known := []note.Verifier{first}
	for _, other := range others {
		w, err := newWitness(other)
		if err != nil {
			return nil, err
		}
		known = append(known, w)
	}
	n, err := note.Open(msg, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	signed := map[string]bool{}
	for _, sig := range n.Sigs {
		signed[fmt.Sprint(sig.Name, sig.Hash)] = true
	}
	for _, v := range known {
		if !signed[fmt.Sprint(v.Name(), v.KeyHash())] {
			return nil, fmt.Errorf("not signed by %s", v.Name())
		}
	}
	return n, nil
}

// A witness verifies cosignatures after c2sp.org/tlog-cosignature, which x/mod does not know.
type witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (*witness, error) {
	part := strings.SplitN(vkey, "+", 3)
	if len(part) != 3 {
		return nil, errors.New("malformed witness key")
	}
	id, err := hex.DecodeString(part[1])
	if err != nil {
		return nil, err
	}
	key, err := base64.StdEncoding.DecodeString(part[2])
	if err != nil || len(key) != 33 || key[0] != 4 {
		return nil, errors.New("not the key of a witness")
	}
	sum := sha256.Sum256(append([]byte(part[0]+"\n"), key...))
	if !bytes.Equal(sum[:4], id) {
		return nil, errors.New("wrong key id")
	}
	return &witness{part[0], binary.BigEndian.Uint32(id), key[1:]}, nil
}

func (w *witness) Name() string    { return w.name }
func (w *witness) KeyHash() uint32 { return w.id }
func (w *witness) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(w.key, []byte(signed), sig[8:])
}

// parse reads the text of a checkpoint.
func parse(text string) (origin string, tree tlog.Tree, err error) {
	line := strings.Split(text, "\n")
	if len(line) != 4 || line[3] != "" {
		return "", tree, errors.New("not a checkpoint")
	}
	tree.N, err = strconv.ParseInt(line[1], 10, 64)
	if err != nil || strconv.FormatInt(tree.N, 10) != line[1] {
		return "", tree, errors.New("not a size")
	}
	tree.Hash, err = tlog.ParseHash(line[2])
	return line[0], tree, err
}

func checkProof(q question) error {
	top, checkpoint, found := strings.Cut(string(q.Note), "\n\n")
	line := strings.Split(top, "\n")
	if !found || line[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("not a proof")
	}
	line = line[1:]
	if len(line) > 0 && strings.HasPrefix(line[0], "extra ") {
		line = line[1:]
	}
	if len(line) == 0 || !strings.HasPrefix(line[0], "index ") {
		return errors.New("no index")
	}
	index, err := strconv.ParseInt(line[0][len("index "):], 10, 64)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, l := range line[1:] {
		h, err := tlog.ParseHash(l)
		if err != nil {
			return err
		}
		proof = append(proof, h)
	}
	n, err := open([]byte(checkpoint), q.Key, q.Others)
	if err != nil {
		return err
	}
	_, tree, err := parse(n.Text)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(q.Leaf))
}

// A folder reads tiles as C2SP tlog-tiles names them: without the height.
type folder string

func (f folder) Height() int                     { return height }
func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		data, err := f.read(t)
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f folder) read(t tlog.Tile) ([]byte, error) {
	path := strings.Replace(t.Path(), "tile/8/", "tile/", 1)
	path = strings.Replace(path, "tile/data/", "tile/entries/", 1)
	return os.ReadFile(filepath.Join(string(f), path))
}

func checkArchive(q question) (any, error) {
	f := folder(q.Folder)
	var trees []tlog.Tree
	proofs := 0
	for _, size := range q.Sizes {
		msg, err := os.ReadFile(filepath.Join(q.Folder, "checkpoints", fmt.Sprint(size)))
		if err != nil {
			return nil, err
		}
		n, err := open(msg, q.Key, q.Others)
		if err != nil {
			return nil, err
		}
		origin, tree, err := parse(n.Text)
		if err != nil {
			return nil, err
		}
		if tree.N != size || !strings.HasPrefix(q.Key, origin+"+") {
			return nil, fmt.Errorf("checkpoint %d is of %s and %d", size, origin, tree.N)
		}
		made, err := checkTree(f, tree, trees)
		if err != nil {
			return nil, fmt.Errorf("size %d: %w", size, err)
		}
		proofs += made
		trees = append(trees, tree)
	}
	return proofs, nil
}

// checkTree reads every tile and bundle of a tree, and has Go make and check proofs from them.
func checkTree(f folder, tree tlog.Tree, earlier []tlog.Tree) (int, error) {
	if tree.N == 0 {
		// Older versions of tlog give zeros for it (https://github.com/FiloSottile/sunlight/issues/14).
		if tree.Hash != sha256.Sum256(nil) {
			return 0, errors.New("not the root of the empty tree")
		}
		return 0, nil
	}
	reader := tlog.TileHashReader(tree, f)
	var stored []int64
	for n := int64(0); n < tree.N; n += 1 << height {
		w := tree.N - n
		if w > 1<<height {
			w = 1 << height
		}
		bundle, err := f.read(tlog.Tile{H: height, L: -1, N: n >> height, W: int(w)})
		if err != nil {
			return 0, err
		}
		stored = stored[:0]
		for i := int64(0); i < w; i++ {
			stored = append(stored, tlog.StoredHashIndex(0, n+i))
		}
		leaves, err := reader.ReadHashes(stored)
		if err != nil {
			return 0, err
		}
		for i := range leaves {
			if len(bundle) < 2 {
				return 0, errors.New("bundle cut off")
			}
			length := int(binary.BigEndian.Uint16(bundle))
			if len(bundle) < 2+length || tlog.RecordHash(bundle[2:2+length]) != leaves[i] {
				return 0, fmt.Errorf("leaf %d is not the one of its tile", n+int64(i))
			}
			bundle = bundle[2+length:]
		}
		if len(bundle) != 0 {
			return 0, errors.New("bundle too long")
		}
	}
	proofs := 0
	step := tree.N/50 + 1
	for n := int64(0); n < tree.N; n += step {
		proof, err := tlog.ProveRecord(tree.N, n, reader)
		if err != nil {
			return 0, err
		}
		leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, leaf[0]); err != nil {
			return 0, err
		}
		proofs++
	}
	for _, old := range earlier {
		if old.N == 0 {
			continue
		}
		proof, err := tlog.ProveTree(tree.N, old.N, reader)
		if err != nil {
			return 0, err
		}
		if err := tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash); err != nil {
			return 0, err
		}
		proofs++
	}
	return proofs, nil
}

type stored []tlog.Hash

func (s stored) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		all[i] = s[x]
	}
	return all, nil
}

func leaf(n int64) []byte { return []byte(fmt.Sprintf("leaf %d", n)) }

type made struct {
	Key         string     `json:"key"`
	Checkpoints []string   `json:"checkpoints"`
	Inclusion   [][]string `json:"inclusion"`
	Consistency [][]string `json:"consistency"`
}

// makeLog signs a checkpoint of each size up to count, and proves in each its leaves and the sizes before.
func makeLog(count int64) (any, error) {
	skey, vkey, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte{7}, 64)), "go.example.org/log")
	if err != nil {
		return nil, err
	}
	signer, err := note.NewSigner(skey)
	if err != nil {
		return nil, err
	}
	m := made{Key: vkey}
	var s stored
	for size := int64(1); size <= count; size++ {
		more, err := tlog.StoredHashes(size-1, leaf(size-1), s)
		if err != nil {
			return nil, err
		}
		s = append(s, more...)
		root, err := tlog.TreeHash(size, s)
		if err != nil {
			return nil, err
		}
		text := fmt.Sprintf("%s\n%d\n%s\n", signer.Name(), size, root)
		msg, err := note.Sign(&note.Note{Text: text}, signer)
		if err != nil {
			return nil, err
		}
		m.Checkpoints = append(m.Checkpoints, string(msg))
		for n := int64(0); n < size; n++ {
			record, err := tlog.ProveRecord(size, n, s)
			if err != nil {
				return nil, err
			}
			m.Inclusion = append(m.Inclusion, texts(size, n, record))
			tree, err := tlog.ProveTree(size, n+1, s)
			if err != nil {
				return nil, err
			}
			m.Consistency = append(m.Consistency, texts(size, n+1, tree))
		}
	}
	return m, nil
}

func texts(size, n int64, proof []tlog.Hash) []string {
	all := []string{fmt.Sprint(size), fmt.Sprint(n)}
	for _, h := range proof {
		all = append(all, h.String())
	}
	return all
}

// build makes a tree of leaves in memory, and its tiles and bundles; it gives the seconds and the root.
func build(count int64, length int) (any, error) {
	begun := time.Now()
	data := make([]byte, length)
	var s stored
	written := 0
	var bundle []byte
	for n := int64(0); n < count; n++ {
		binary.BigEndian.PutUint64(data, uint64(n))
		more, err := tlog.StoredHashes(n, data, s)
		if err != nil {
			return nil, err
		}
		s = append(s, more...)
		bundle = binary.BigEndian.AppendUint16(bundle, uint16(length))
		bundle = append(bundle, data...)
		if n&255 == 255 {
			written += len(bundle)
			bundle = bundle[:0]
		}
	}
	for level := 0; count>>(height*uint(level)) > 0; level++ {
		for n := int64(0); n<<height < count>>(height*uint(level)); n++ {
			w := count>>(height*uint(level)) - n<<height
			if w > 1<<height {
				w = 1 << height
			}
			tile, err := tlog.ReadTileData(tlog.Tile{H: height, L: level, N: n, W: int(w)}, s)
			if err != nil {
				return nil, err
			}
			written += len(tile)
		}
	}
	root, err := tlog.TreeHash(count, s)
	if err != nil {
		return nil, err
	}
	return map[string]any{"seconds": time.Since(begun).Seconds(), "root": root.String(), "bytes": written}, nil
}
