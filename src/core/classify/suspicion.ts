import type { CpimAddress, CpimMessage } from "../protocols/cpim/types.js";
import { usable } from "./axes.js";
import type { Classification } from "./classify.js";

/** URIs that are watched for one session. */
const MOST = 256;

/** Hardly any message gets further. */
export function mayBeRewritten({ origin, audience, confidence, flags }: Classification): boolean {
	// A To that is the user's own, or in the roster, is known.
	return origin !== "system" && audience === "private" && confidence === "low" && flags.includes("to-not-me");
}

/** R35: a URI that nobody knows, yet behaves like the room: From and To of one message, or To of several senders. */
export class RewriteSuspicion {
	readonly #senders = new Map<string, string>();
	readonly #suspected = new Set<string>();

	/** The To that looks like the room's, when this message makes one look so. */
	look(cpim: CpimMessage, verdict: Classification): CpimAddress | undefined {
		if (!mayBeRewritten(verdict)) return undefined;
		const from = cpim.from[0];
		const [to] = cpim.to;
		if (!usable(from) || !usable(to) || cpim.to.length !== 1) return undefined;
		if (from.uriText === to.uriText) return this.#suspect(to);
		const sender = this.#senders.get(to.uriText);
		if (sender === undefined) {
			if (this.#senders.size < MOST) this.#senders.set(to.uriText, from.uriText);
		} else if (sender !== from.uriText) return this.#suspect(to);
		return this.#suspected.has(to.uriText) ? to : undefined;
	}

	#suspect(to: CpimAddress): CpimAddress {
		if (this.#suspected.size < MOST) this.#suspected.add(to.uriText);
		return to;
	}
}
