"""The definition of the election of 2024, as `npm run pages` writes it."""
import json

PRESIDENTIAL_2024 = json.loads('''{
	"id": "ve-2024-presidential",
	"title": "Elección presidencial 2024",
	"zone": "America/Caracas",
	"code": {
		"digits": [
			9,
			2,
			1,
			4
		],
		"centro": 0,
		"mesa": 1,
		"highestMesa": 15
	},
	"candidates": [
		{
			"id": "NM",
			"name": "Nicolás Maduro"
		},
		{
			"id": "LM",
			"name": "Luis Martínez"
		},
		{
			"id": "JABE",
			"name": "Javier Bertucci"
		},
		{
			"id": "JOBR",
			"name": "José Brito"
		},
		{
			"id": "AE",
			"name": "Antonio Ecarri"
		},
		{
			"id": "CF",
			"name": "Claudio Fermín"
		},
		{
			"id": "DC",
			"name": "Daniel Ceballos"
		},
		{
			"id": "EG",
			"name": "Edmundo González"
		},
		{
			"id": "EM",
			"name": "Enrique Márquez"
		},
		{
			"id": "BERA",
			"name": "Benjamín Rausseo"
		}
	],
	"cards": [
		{
			"sigla": "PSUV",
			"number": 269,
			"candidate": "NM"
		},
		{
			"sigla": "PCV",
			"number": 9,
			"candidate": "NM"
		},
		{
			"sigla": "TUPAMARO",
			"number": 931,
			"candidate": "NM"
		},
		{
			"sigla": "PPT",
			"number": 276,
			"candidate": "NM"
		},
		{
			"sigla": "MSV",
			"number": 1017,
			"candidate": "NM"
		},
		{
			"sigla": "PODEMOS",
			"number": 514,
			"candidate": "NM"
		},
		{
			"sigla": "MEP",
			"number": 6,
			"candidate": "NM"
		},
		{
			"sigla": "APC",
			"number": 219,
			"candidate": "NM"
		},
		{
			"sigla": "ORA",
			"number": 906,
			"candidate": "NM"
		},
		{
			"sigla": "UPV",
			"number": 513,
			"candidate": "NM"
		},
		{
			"sigla": "EV",
			"number": 1089,
			"candidate": "NM"
		},
		{
			"sigla": "PVV",
			"number": 1090,
			"candidate": "NM"
		},
		{
			"sigla": "PFV",
			"number": 1093,
			"candidate": "NM"
		},
		{
			"sigla": "AD",
			"number": 1,
			"candidate": "LM"
		},
		{
			"sigla": "COPEI",
			"number": 2,
			"candidate": "LM"
		},
		{
			"sigla": "MR",
			"candidate": "LM"
		},
		{
			"sigla": "BR",
			"candidate": "LM"
		},
		{
			"sigla": "DDP",
			"candidate": "LM"
		},
		{
			"sigla": "UNE",
			"candidate": "LM"
		},
		{
			"sigla": "EL CAMBIO",
			"candidate": "JABE"
		},
		{
			"sigla": "PV",
			"candidate": "JOBR"
		},
		{
			"sigla": "VU",
			"candidate": "JOBR"
		},
		{
			"sigla": "UVV",
			"candidate": "JOBR"
		},
		{
			"sigla": "MPJ",
			"candidate": "JOBR"
		},
		{
			"sigla": "AP",
			"candidate": "AE"
		},
		{
			"sigla": "MOVEV",
			"candidate": "AE"
		},
		{
			"sigla": "CMC",
			"candidate": "AE"
		},
		{
			"sigla": "FV",
			"candidate": "AE"
		},
		{
			"sigla": "ALIANZA DEL LAPIZ",
			"candidate": "AE"
		},
		{
			"sigla": "MIN UNIDAD",
			"candidate": "AE"
		},
		{
			"sigla": "SPV",
			"number": 1049,
			"candidate": "CF"
		},
		{
			"sigla": "VPA",
			"number": 236,
			"candidate": "DC"
		},
		{
			"sigla": "AREPA",
			"number": 1094,
			"candidate": "DC"
		},
		{
			"sigla": "UNTC",
			"number": 460,
			"candidate": "EG"
		},
		{
			"sigla": "MPV",
			"number": 1069,
			"candidate": "EG"
		},
		{
			"sigla": "MUD",
			"number": 1075,
			"candidate": "EG"
		},
		{
			"sigla": "CENTRADOS",
			"number": 1073,
			"candidate": "EM"
		},
		{
			"sigla": "CONDE",
			"number": 1092,
			"candidate": "BERA"
		}
	],
	"highestCount": 9999
}''')
