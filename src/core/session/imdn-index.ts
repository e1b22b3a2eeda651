import type { MsrpEntry, SipEntry } from "../model/entry.js";
import { FifoMap } from "./bounded.js";
import type { Findings } from "./findings.js";
import type { Session } from "./sessions.js";
import { owned } from "./text.js";

/** Disposition notifications and the messages that they are about (RFC 5438 §7). */
export class ImdnIndex {
	readonly #findings: Findings;
	/** entries by session and imdn.Message-ID, and by the id alone */
	readonly #messages: FifoMap<string, number>;

	constructor(findings: Findings, limit: number) {
		this.#findings = findings;
		this.#messages = new FifoMap(limit);
	}

	/** `complete`: the capture shows all that went before in this session, so that an unknown id can be called unknown. */
	entry(entry: SipEntry | MsrpEntry, session: Session, complete: boolean): void {
		// Only what is whole can be read, and reading it costs: most messages are known to have nothing to do with IMDN.
		if (entry.protocol === "msrp" && (entry.plain === true || entry.message?.state !== "complete")) return;
		if (entry.protocol === "msrp" && (entry.plain === true || entry.message?.state !== "complete")) return;
		const { payload } = entry;
		if (payload?.kind === "imdn") {
			const { messageId } = payload;
			const answered = this.#messages.get(`${session.id} ${messageId}`) ?? this.#messages.get(messageId);
			if (answered !== undefined) entry.links.answers = answered;
			else if (complete) this.#findings.on(entry, "imdn.unknown-message", messageId);
			return;
		}
		const written = entry.cpim?.imdn.messageId;
		if (written === undefined) return;
		const id = owned(written);
		const here = `${session.id} ${id}`;
		// Seen again on another leg or hop, it is still the first one that is answered.
		if (this.#messages.get(here) === undefined) this.#messages.set(here, entry.number);
		if (this.#messages.get(id) === undefined) this.#messages.set(id, entry.number);
	}
}
