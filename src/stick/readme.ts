/** What a stranger finds on the stick first. */
export const readme = `TESTIGO

Qué es esto
  Copia de lo que uno o más quioscos Testigo registraron al escanear actas
  electorales. Cada carpeta lleva el nombre de un dispositivo:
    entries.jws   los registros firmados, uno por línea, en su orden
    device.pem    la clave pública del dispositivo
    images/       las imágenes, cada una con su SHA-256 como nombre
    head.jws      el último registro del día, si el día se cerró
    receipts-*    recibos del centro, de vuelta al quiosco
  Las carpetas s-… llevan lo que personas leyeron en una estación de lectura
  (transcriptions.jws, station.pem); las o-…, decisiones de un responsable
  sobre mesas en conflicto (rulings.jws, officer.pem).
  Una carpeta que termina en .2, .3 … es otra cadena del mismo dispositivo:
  prueba de que fue clonado o retrocedido. No borre ninguna.

Qué prueba, y qué no
  Las firmas prueban custodia: qué dispositivo registró estos bytes y en qué
  orden. No prueban que el papel sea auténtico.
  Las imágenes pueden mostrar nombres y firmas de personas: cuide esta memoria.

Cómo se comprueba
  testigo verify testigo/<dispositivo>
  Compare device.pem con la clave que el centro tiene de ese dispositivo.
  Sin Testigo: cada línea es un JWS compacto (RFC 7515) con ES256; cada
  registro nombra en "prev" al anterior, y sha256sum da el nombre de cada imagen.

Cómo sigue
  En el quiosco:  testigo export <memoria>   (otra vez, si se sacó antes de tiempo)
  En el centro:   testigo import <memoria>
  Después, otra vez en el quiosco, para llevarle los recibos.

--------------------------------------------------------------------------------

What this is
  A copy of what one or more Testigo kiosks recorded while scanning election
  tally sheets. Each folder bears the name of a device:
    entries.jws   the signed entries, one a line, in their order
    device.pem    the device's public key
    images/       the images, each named by its SHA-256
    head.jws      the last entry of the day, where the day was closed
    receipts-*    receipts of the centre, on their way home to the kiosk
  Folders s-… hold what people read at a reading station (transcriptions.jws,
  station.pem); folders o-… what an officer ruled of tables in dispute
  (rulings.jws, officer.pem).
  A folder that ends in .2, .3 … is another chain of the same device: proof
  that it was cloned or rolled back. Delete none of them.

What it proves, and what not
  Signatures prove custody: which device recorded these bytes, and in which
  order. They do not prove that the paper is genuine.
  Images can show names and signatures of people: take care of this stick.

How to check it
  testigo verify testigo/<device>
  Compare device.pem with the key that the centre has of that device.
  Without Testigo: each line is a JWS in compact form (RFC 7515) with ES256; each
  entry names the one before it in "prev", and sha256sum gives each image's name.

What comes next
  At the kiosk:   testigo export <stick>   (again, if it was pulled out too early)
  At the centre:  testigo import <stick>
  Then at the kiosk once more, to take it its receipts.
`
