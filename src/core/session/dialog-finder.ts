import { type Call, Dialog } from "./dialogs.js";
import { type Findings, valuePlace } from "./findings.js";
import type { SipFacts } from "./sip-facts.js";
import type { Transaction } from "./sip-transactions.js";
import { owned } from "./text.js";

/** Methods that make a dialog (RFC 3261 §12.1, RFC 6665 §4.1, RFC 3515 §2.4.4). */
export const FORMING: ReadonlySet<string> = new Set(["INVITE", "SUBSCRIBE", "REFER"]);

/** Finds or makes the dialog of a message, and names it. */
export class DialogFinder {
	readonly #findings: Findings;
	#last = 0;

	constructor(findings: Findings) {
		this.#findings = findings;
	}

	/** Of a request that is not hop by hop: its dialog, or the attempt to make one; undefined for other requests outside dialogs. */
	ofRequest(facts: SipFacts, call: Call): Dialog | undefined {
		const { fromTag, toTag, method, entry } = facts;
		if (toTag === "") {
			if (!FORMING.has(method)) return undefined;
			return call.attempt(fromTag) ?? this.#open(call, method, owned(fromTag), "");
		}
		const known = call.find(fromTag, toTag);
		if (known !== undefined) return known;
		// The other side speaks before its response was seen: NOTIFY may come first (RFC 6665 §4.4.1).
		const attempt = call.attempt(toTag);
		if (attempt !== undefined) {
			attempt.tags[1] = owned(fromTag);
			attempt.state = "early";
			return attempt;
		}
		// The caller knows a To tag from a response that the capture lacks.
		const own = method === "ACK" ? undefined : call.attempt(fromTag);
		if (own !== undefined) {
			own.tags[1] = owned(toTag);
			own.state = "confirmed";
			return own;
		}
		const first = call.firstOf(toTag);
		if (first !== undefined && first.method !== "INVITE") return this.#fork(first, fromTag);
		if (call.fromStart && method !== "ACK" && call.dialogs.some((dialog) => dialog.state === "confirmed")) {
			this.#findings.on(entry, "sip.dialog-unknown", `To tag ${toTag}, From tag ${fromTag}`, valuePlace(entry.sip.row("to")));
		}
		const dialog = this.#open(call, call.fromStart ? method : "", owned(fromTag), owned(toTag));
		dialog.state = "confirmed";
		return dialog;
	}

	/** Of a response: for 101 to 299 with a To tag the dialog that it makes (RFC 3261 §12.1), one for each To tag. */
	ofResponse(facts: SipFacts, call: Call, transaction: Transaction): Dialog | undefined {
		const { status } = facts.entry.sip;
		const { dialog } = transaction;
		if (dialog === undefined || !transaction.outside || facts.toTag === "" || status <= 100 || status >= 300) return dialog;
		if (!FORMING.has(facts.method)) return dialog;
		let made = call.find(facts.fromTag, facts.toTag);
		if (made === undefined) {
			if (dialog.tags[1] === "") {
				dialog.tags[1] = owned(facts.toTag);
				made = dialog;
			} else made = this.#fork(dialog, facts.toTag);
		}
		if (made.state === "attempt" || (made.state === "early" && status >= 200)) made.state = status >= 200 ? "confirmed" : "early";
		return made;
	}

	#fork(dialog: Dialog, tag: string): Dialog {
		const fork = this.#open(dialog.call, dialog.method, dialog.tags[0], owned(tag));
		fork.adopt(dialog);
		return fork;
	}

	#open(call: Call, method: string, first: string, second: string): Dialog {
		const dialog = new Dialog(`d${++this.#last}`, call, owned(method), [first, second]);
		call.add(dialog);
		call.session.dialog(dialog);
		return dialog;
	}
}
