import type { DiagnosticDefinition } from "../problem.js";

export const PROXY_DIAGNOSTICS = {
	"proxy.connect-failed": {
		severity: "error",
		clause: "",
		summary: "the target of the hop could not be reached; the client's connection is reset",
	},
	"proxy.tls-failed": {
		severity: "error",
		clause: "",
		summary: "TLS with the target failed, or its certificate is not trusted; the client's connection is reset",
	},
	"proxy.client-failed": {
		severity: "error",
		clause: "",
		summary: "the client did not speak what the hop listens for: TLS, WebSocket, SOCKS5, CONNECT or a PROXY protocol header",
	},
	"proxy.decoder-fault": {
		severity: "warn",
		clause: "",
		summary: "the decoder failed on this connection: its octets pass unseen from here on",
	},
} as const satisfies Record<`proxy.${string}`, DiagnosticDefinition>;
