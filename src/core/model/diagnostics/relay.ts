import type { DiagnosticDefinition } from "../problem.js";

export const RELAY_DIAGNOSTICS = {
	"relay.answered": {
		severity: "note",
		clause: "",
		summary: "the message did not go on: it was answered or taken in here, as a rule wanted it",
	},
	"relay.dropped": {
		severity: "note",
		clause: "",
		summary: "the message did not go on, as an ALG profile or a rule wanted it",
	},
	"relay.hold-limit": {
		severity: "warn",
		clause: "",
		summary: "more octets, or for longer, were held than may be: they went on as they came",
	},
	"relay.next-hop": {
		severity: "note",
		clause: "",
		summary: "the ALG knows the addressee by another connection: the message went over that one",
	},
	"relay.no-next-hop": {
		severity: "warn",
		clause: "",
		summary: "the ALG would send the message where no connection leads: it went on as usual",
	},
	"relay.opaque": {
		severity: "warn",
		clause: "",
		summary: "messages of this direction could not be told apart any more: its octets pass as they come",
	},
	"relay.stage-fault": {
		severity: "warn",
		clause: "",
		summary: "what was to look at or change the message failed: it went on as it was",
	},
	"relay.toxic": {
		severity: "note",
		clause: "",
		summary: "a toxic closed or reset the connection",
	},
} as const satisfies Record<`relay.${string}`, DiagnosticDefinition>;
