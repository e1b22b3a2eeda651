import { msrpSdp, type SdpParts } from "../wire/sdp.js";
import type { MsrpSession } from "./session.js";

interface Said {
	sessionId: number;
	version: number;
	content: string;
}

/** Session descriptions of one peer: the o-line stays as long as the session does, its version grows when the content changes (RFC 3264 §8). */
export class Descriptions {
	readonly #said = new WeakMap<MsrpSession, Said>();
	#sessions = 0;

	describe(session: MsrpSession, parts: Omit<SdpParts, "sessionId" | "version" | "path">): Buffer {
		const content = JSON.stringify(parts);
		let said = this.#said.get(session);
		if (said === undefined) {
			said = { sessionId: ++this.#sessions, version: 1, content };
			this.#said.set(session, said);
		} else if (said.content !== content) {
			said.version++;
			said.content = content;
		}
		return msrpSdp({ ...parts, sessionId: said.sessionId, version: said.version, path: session.localPath });
	}
}
