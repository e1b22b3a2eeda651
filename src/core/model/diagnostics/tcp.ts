import type { DiagnosticDefinition } from "../problem.js";

export const TCP_DIAGNOSTICS = {
	"tcp.gap": { severity: "error", clause: "", summary: "peer acknowledged octets that the capture lacks, or the reorder cap was hit" },
	"tcp.overlap-conflict": {
		severity: "warn",
		clause: "RFC 9293 §3.10.7",
		summary: "a retransmission carries other octets than the first copy",
	},
	"tcp.mid-stream-start": { severity: "note", clause: "", summary: "first packet of the flow is not a SYN" },
	"tcp.snaplen-cut": {
		severity: "warn",
		clause: "pcap",
		summary: "captured length below original length on a packet that carries payload",
	},
	"tcp.reset-mid-frame": { severity: "error", clause: "RFC 9293 §3.5.2", summary: "RST while an upper frame is open" },
	"tcp.fin-mid-frame": { severity: "error", clause: "", summary: "FIN while an upper frame is open" },
	"tcp.keepalive": { severity: "chat", clause: "RFC 1122 §4.2.3.6", summary: "keepalive probe or its answer" },
} as const satisfies Record<`tcp.${string}`, DiagnosticDefinition>;
