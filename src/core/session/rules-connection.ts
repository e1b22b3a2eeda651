import type { MsrpEntry } from "../model/entry.js";
import type { Flow } from "../model/flow.js";
import { addressScope, normalHost } from "./addresses.js";
import type { Side } from "./dialogs.js";
import { type Findings, valuePlace } from "./findings.js";
import type { MsrpMedia } from "./media.js";
import type { MsrpKey } from "./msrp-uri.js";

/** How a request was tied to its media line. */
export type TiedBy = "uris" | "from-path" | "to-path" | "listener" | "session-id";

/** The active side has to send at once (RFC 4975 §5.4); after that many seconds it has not. */
export const INITIAL_SEND_WAIT = 10;

/** The first request of a session on a connection, against SDP. `sender` sent it. */
export function checkConnection(findings: Findings, entry: MsrpEntry, media: MsrpMedia, sender: Side, tied: TiedBy, to: MsrpKey): void {
	const { flow } = entry;
	const receiver: Side = sender === 0 ? 1 : 0;
	if (tied !== "uris" && tied !== "to-path") {
		const own = media.sides[receiver].own;
		const place = valuePlace(entry.msrp.row("to-path"));
		const sameId = own.sessionId !== undefined && own.sessionId === to.sessionId;
		const detail = `To-Path ${entry.msrp.toPath.at(-1)}, SDP has ${media.sides[receiver].facts.path.at(-1)}`;
		findings.on(entry, sameId ? "msrp.session-id-only-match" : "msrp.session-uri-mismatch", detail, place);
	}
	if (!flow.openerKnown || media.indirect) return;
	const opener: Side = entry.dir === 0 ? sender : receiver;
	if (media.record.active !== undefined && media.record.active !== opener) {
		findings.on(entry, "msrp.wrong-side-connected", `${flow.a.address} connected, SDP makes it the passive side`);
		return;
	}
	const listener = media.listener(opener === 0 ? 1 : 0);
	if (listener === undefined || addressScope(listener.host) === "name") return;
	if (listener.port === flow.b.port && listener.host === normalHost(flow.b.address)) return;
	const detail = `${flow.b.address} port ${flow.b.port}, SDP says ${listener.host} port ${listener.port}`;
	findings.on(entry, "session.connection-to-unexpected-address", detail);
}

/** The first request of the side that opened the connection. */
export function checkInitialSend(findings: Findings, entry: MsrpEntry, flow: Flow): void {
	const waited = entry.began.sec - flow.began.sec + (entry.began.nsec - flow.began.nsec) / 1e9;
	if (waited > INITIAL_SEND_WAIT)
		findings.on(entry, "msrp.no-initial-send", `first request ${waited.toFixed(1)} s after the connection was opened`);
}
