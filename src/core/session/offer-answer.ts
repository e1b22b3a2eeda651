import type { SipEntry } from "../model/entry.js";
import { Deadlines } from "./bounded.js";
import type { Dialog, Leg, Side } from "./dialogs.js";
import type { Findings } from "./findings.js";
import { activeSide, type MediaSide, MediaTable, MsrpMedia, mediaSides } from "./media.js";
import { checkAnswer, checkDescription, checkOffer, checkVersion } from "./rules-sdp.js";
import { type SdpFacts, sdpFacts } from "./sdp-facts.js";
import type { SipFacts } from "./sip-facts.js";
import type { Transaction } from "./sip-transactions.js";

/** How long an agreed MSRP line may stay without a connection, in seconds. */
export const CONNECT_WAIT = 30;

/** Where a message stands: which dialog, on which leg, from which side. */
export interface Standing {
	dialog: Dialog;
	leg: Leg;
	side: Side;
}

/** Offer/answer rounds of SIP (RFC 3264, RFC 3261 §13.2.1, RFC 3262 §5, RFC 3311) and the MSRP media that come of them. */
export class OfferAnswer {
	readonly media = new MediaTable();
	/** media that wait for their connection */
	readonly waiting: Deadlines<MsrpMedia>;
	readonly #findings: Findings;

	constructor(findings: Findings, limit: number) {
		this.#findings = findings;
		this.waiting = new Deadlines(CONNECT_WAIT, limit);
	}

	/** A request that is no repetition. Returns its description, if it has one that counts. */
	request(facts: SipFacts, at: Standing, transaction: Transaction): SdpFacts | undefined {
		const { entry, method } = facts;
		const { leg, side } = at;
		if (method === "INVITE") leg.invite = { cseq: facts.cseq, offered: entry.sdp !== undefined, side };
		if (entry.sdp === undefined) return undefined;
		switch (method) {
			case "INVITE":
			case "UPDATE": {
				const sdp = this.#described(entry, at);
				checkOffer(this.#findings, entry, sdp);
				transaction.offer = sdp;
				return sdp;
			}
			case "PRACK":
			case "ACK": {
				const sdp = this.#described(entry, at);
				const open = leg.lateOffer;
				if (open !== undefined && open.side !== side && (method === "PRACK" || open.cseq === facts.cseq)) {
					leg.lateOffer = undefined;
					this.#answered(facts, at, open.sdp, sdp, true);
				} else if (method === "PRACK") {
					checkOffer(this.#findings, entry, sdp);
					transaction.offer = sdp;
				} else if (leg.invite?.cseq === facts.cseq && leg.invite.offered) {
					this.#findings.on(entry, "sdp.answer-without-offer", "ACK after an INVITE that carried the offer");
				}
				return sdp;
			}
			default:
				return undefined;
		}
	}

	/** A response that is no repetition, 101 to 299. */
	response(facts: SipFacts, at: Standing, transaction: Transaction): SdpFacts | undefined {
		const { entry, method } = facts;
		const { leg, side } = at;
		const final = entry.sip.status >= 200;
		if (method !== "INVITE" && method !== "UPDATE" && method !== "PRACK") return undefined;
		if (entry.sdp === undefined) {
			// The round was closed in a reliable provisional response: the 2xx confirms it (RFC 3261 §13.2.1).
			if (method === "INVITE" && final) for (const media of leg.media) if (media !== undefined) this.#accept(media, entry, facts.now);
			return undefined;
		}
		const sdp = this.#described(entry, at);
		if (transaction.offer !== undefined) {
			this.#answered(facts, at, transaction.offer, sdp, final || reliable(entry));
		} else if (method === "INVITE") {
			if (!final && !reliable(entry)) return sdp;
			// After a round in reliable provisional responses, the 2xx may repeat the description.
			if (leg.sides[side].roundCseq === facts.cseq) return sdp;
			leg.sides[side].roundCseq = facts.cseq;
			checkOffer(this.#findings, entry, sdp);
			leg.lateOffer = { sdp, cseq: facts.cseq, side };
		} else {
			this.#findings.on(entry, "sdp.answer-without-offer", `${method} carried no offer`);
		}
		return sdp;
	}

	#described(entry: SipEntry, { dialog, leg, side }: Standing): SdpFacts {
		const sdp = sdpFacts(entry, entry.sdp!);
		checkDescription(this.#findings, entry, sdp, dialog.call.session, this.media);
		const before = leg.sides[side].sdp;
		if (before !== undefined && leg.agreed) checkVersion(this.#findings, entry, before, sdp);
		leg.sides[side].sdp = sdp;
		return sdp;
	}

	#answered(facts: SipFacts, { dialog, leg, side }: Standing, offer: SdpFacts, answer: SdpFacts, accepted: boolean): void {
		const { entry } = facts;
		const answerer = leg.sides[side];
		// An 18x and the 2xx after it carry one answer (RFC 3261 §13.2.1): judged once.
		const again =
			answerer.answered !== undefined && answerer.answered.offer === offer.entry && answerer.answered.content === answer.content;
		if (!again) checkAnswer(this.#findings, entry, offer, answer);
		answerer.answered = { offer: offer.entry, content: answer.content };
		leg.agreed = true;
		const lines = Math.min(offer.media.length, MAX_LINES);
		for (let index = 0; index < lines; index++) this.#line(facts, dialog, leg, side, offer, answer, index, accepted);
	}

	#line(
		facts: SipFacts,
		dialog: Dialog,
		leg: Leg,
		answerer: Side,
		offer: SdpFacts,
		answer: SdpFacts,
		index: number,
		accepted: boolean,
	): void {
		const pair = mediaSides(offer, answer, index);
		const known = leg.media[index];
		if (pair === undefined) {
			if (known !== undefined) this.media.end(known);
			leg.media[index] = undefined;
			return;
		}
		const offerer: Side = answerer === 0 ? 1 : 0;
		const sides: [MediaSide, MediaSide] = offerer === 0 ? pair : [pair[1], pair[0]];
		let media = known ?? this.#onOtherLeg(dialog, index, sides);
		if (media !== undefined && !sameUris(media.sides, sides)) {
			// New paths are a new MSRP session (RFC 4975 §8.4).
			this.media.end(media);
			media = undefined;
		}
		if (media === undefined) {
			media = new MsrpMedia(dialog.call.session, dialog, index, sides);
			media.agreedAt = facts.now;
			media.answer = facts.entry.number;
			media.leg = facts.entry.flow.leg;
			media.record.active = activeSide(sides[offerer].facts, offerer, sides[answerer].facts);
			dialog.call.session.addMedia(media.record);
			this.media.add(media);
		} else {
			this.#update(media, sides, facts.now);
		}
		leg.media[index] = media;
		if (accepted) this.#accept(media, facts.entry, facts.now);
	}

	#update(media: MsrpMedia, sides: [MediaSide, MediaSide], now: number): void {
		const { sides: before } = media;
		if (before[0].direction !== sides[0].direction || before[1].direction !== sides[1].direction) {
			media.previousDirections = [before[0].direction, before[1].direction];
			media.directionsSince = now;
		}
		this.media.remove(media);
		media.sides = sides;
		this.media.add(media);
	}

	/** A proxy shows the same round on both its sides: one MSRP session. */
	#onOtherLeg(dialog: Dialog, index: number, sides: [MediaSide, MediaSide]): MsrpMedia | undefined {
		for (const { media } of dialog.legs) {
			const found = media[index];
			if (found?.live && sameUris(found.sides, sides)) return found;
		}
		return undefined;
	}

	#accept(media: MsrpMedia, entry: SipEntry, now: number): void {
		if (media.accepted) return;
		media.accepted = true;
		media.answer = entry.number;
		this.waiting.add(media, now);
	}

	/** The dialog is over, and its media with it. */
	end(dialog: Dialog): void {
		for (const leg of dialog.legs) {
			for (const media of leg.media) if (media !== undefined) this.media.end(media);
			leg.media.length = 0;
		}
	}
}

/** m-lines of one description that are looked at. */
const MAX_LINES = 64;

function sameUris(a: [MediaSide, MediaSide], b: [MediaSide, MediaSide]): boolean {
	return a[0].own.key === b[0].own.key && a[1].own.key === b[1].own.key;
}

/** A provisional response that a PRACK will confirm (RFC 3262 §3). */
function reliable(entry: SipEntry): boolean {
	return entry.sip.get("rseq") !== undefined;
}
