import type { Entry } from "../model/entry.js";
import type { MsrpFrame } from "../protocols/msrp/types.js";
import type { SipMessage } from "../protocols/sip/types.js";

/** What came while a message before it was held; owned. */
export type Late =
	| { kind: "pass" | "alone" | "body" | "end"; octets: Buffer }
	| { kind: "tail"; octets: Buffer; entry: Entry | undefined }
	| { kind: "message"; octets: Buffer; message: SipMessage | MsrpFrame; whole: boolean; entry: Entry | undefined };

/** What waits behind a held message, in order. */
export class LateQueue {
	/** octets that wait */
	octets = 0;
	#items: Late[] = [];
	#head = 0;

	push(late: Late): void {
		this.#items.push(late);
		this.octets += late.octets.length;
	}

	shift(): Late | undefined {
		const late = this.#items[this.#head++];
		if (late === undefined) {
			this.clear();
			return undefined;
		}
		this.octets -= late.octets.length;
		return late;
	}

	clear(): void {
		this.#items = [];
		this.#head = 0;
		this.octets = 0;
	}
}
