import type { DiagnosticDefinition } from "../problem.js";
import { ANCHOR_DIAGNOSTICS } from "./anchor.js";
import { BREAKPOINT_DIAGNOSTICS } from "./breakpoint.js";
import { CAP_DIAGNOSTICS } from "./cap.js";
import { CPIM_DIAGNOSTICS } from "./cpim.js";
import { HEP_DIAGNOSTICS } from "./hep.js";
import { IMDN_DIAGNOSTICS } from "./imdn.js";
import { IP_DIAGNOSTICS } from "./ip.js";
import { MSRP_DIAGNOSTICS } from "./msrp.js";
import { PROXY_DIAGNOSTICS } from "./proxy.js";
import { RELAY_DIAGNOSTICS } from "./relay.js";
import { SDP_DIAGNOSTICS } from "./sdp.js";
import { SESSION_DIAGNOSTICS } from "./session.js";
import { SIP_DIAGNOSTICS } from "./sip.js";
import { TCP_DIAGNOSTICS } from "./tcp.js";
import { TLS_DIAGNOSTICS } from "./tls.js";
import { WS_DIAGNOSTICS } from "./ws.js";
import { XML_DIAGNOSTICS } from "./xml.js";

/** Every diagnostic by its stable id. To add one: a line in its family's file, and tests that show it and its absence. */
export const DIAGNOSTICS = {
	...TCP_DIAGNOSTICS,
	...IP_DIAGNOSTICS,
	...TLS_DIAGNOSTICS,
	...CAP_DIAGNOSTICS,
	...HEP_DIAGNOSTICS,
	...WS_DIAGNOSTICS,
	...SIP_DIAGNOSTICS,
	...SDP_DIAGNOSTICS,
	...MSRP_DIAGNOSTICS,
	...SESSION_DIAGNOSTICS,
	...CPIM_DIAGNOSTICS,
	...IMDN_DIAGNOSTICS,
	...XML_DIAGNOSTICS,
	...PROXY_DIAGNOSTICS,
	...RELAY_DIAGNOSTICS,
	...ANCHOR_DIAGNOSTICS,
	...BREAKPOINT_DIAGNOSTICS,
} as const;

export type DiagnosticId = keyof typeof DIAGNOSTICS;

export function diagnostic(id: DiagnosticId): DiagnosticDefinition {
	return DIAGNOSTICS[id];
}
