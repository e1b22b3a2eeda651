import { classLabel } from "../export/class-label.js";
import { contentSummary, mediaType, shortId } from "../export/content-summary.js";
import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import { FifoMap } from "../session/bounded.js";

type Instant = { sec: number; nsec: number };

/** One thing that came back for a message. */
export interface ChainStep {
	entry: number;
	at: Instant;
	/** "200 OK", "000 200 OK", "displayed", as on the wire */
	text: string;
}

export type ChainLink = "response" | "report" | "delivered" | "displayed";
export const CHAIN_LINKS: readonly ChainLink[] = ["response", "report", "delivered", "displayed"];

/** What became of one chat message: its response, its REPORT, its disposition notifications (RFC 4975 §7.1.3, RFC 5438). */
export interface Chain {
	/** entry that began it */
	entry: number;
	session: string | undefined;
	at: Instant;
	/** "GRP"; "" when messages are not classified */
	label: string;
	/** "Bob → room: text/plain «Hello»"; not escaped */
	title: string;
	steps: Record<ChainLink, ChainStep[]>;
	/** what the message asks for: a link that is wanted and has no step is missing */
	wanted: Record<ChainLink, boolean>;
}

/** Steps that one link keeps: a group of many sends many notifications. */
const STEPS = 64;
const CHAINS = 10_000;
/** entries remembered, for each chain that is kept */
const ENTRIES = 2;

/** Ties what answers a message to it. Fed with every entry in order; memory is bounded by the number of chains kept. */
export class ChainCollector {
	readonly #chains: FifoMap<number, Chain>;
	/** by the entries that can be answered: the message, its chunks and copies */
	readonly #byEntry: FifoMap<number, Chain>;
	/** by the entries that answered. A 200 to one of them is no part of the chain */
	readonly #byAnswer: FifoMap<number, Chain>;
	/** by MSRP message, or by Call-ID and CSeq: copies on other hops are the same message */
	readonly #byChat: FifoMap<string, Chain>;
	readonly #done: (chain: Chain) => void;

	/** `done` gets each chain once, in order of their first entries, when it is too old or all is over */
	constructor(done: (chain: Chain) => void, limit: number = CHAINS) {
		this.#done = done;
		this.#chains = new FifoMap(limit, (chain) => this.#done(chain));
		this.#byChat = new FifoMap(limit);
		this.#byEntry = new FifoMap(limit * ENTRIES);
		this.#byAnswer = new FifoMap(limit * ENTRIES);
	}

	add(entry: Entry): void {
		if (entry.protocol === "msrp") this.#msrp(entry);
		else if (entry.protocol === "sip") this.#sip(entry);
	}

	/** The chain that an entry belongs to, as far as it is known now. */
	of(entryNumber: number): Chain | undefined {
		return this.#byEntry.get(entryNumber) ?? this.#byAnswer.get(entryNumber);
	}

	/** Hands out what is left. */
	end(): void {
		for (const chain of this.#chains.values()) this.#done(chain);
		for (const key of [...this.#chains.keys()]) this.#chains.delete(key);
	}

	#msrp(entry: MsrpEntry): void {
		const { msrp, links } = entry;
		if (msrp.kind === "response") {
			this.#answer(entry, "response", `${msrp.status} ${msrp.comment}`.trimEnd());
		} else if (msrp.method === "REPORT") {
			this.#answer(entry, "report", msrp.get("status") ?? "without Status");
		} else if (msrp.method === "SEND" && msrp.bodyOffset >= 0) {
			const before = links.chat === undefined ? undefined : this.#byChat.get(links.chat);
			const kind = entry.payload?.kind;
			if (kind === "imdn" || kind === "composing") {
				// Only its last chunk shows that it is no chat message.
				if (before !== undefined) this.#chains.delete(before.entry);
				this.#notification(entry);
				return;
			}
			const chain = before ?? this.#begin(entry);
			if (links.chat !== undefined) this.#byChat.set(links.chat, chain);
			this.#byEntry.set(entry.number, chain);
			this.#ask(chain, entry);
			chain.wanted.report ||= msrp.get("success-report")?.trim().toLowerCase() === "yes";
			const failure = msrp.get("failure-report")?.trim().toLowerCase();
			chain.wanted.response = failure !== "no" && failure !== "partial";
			if (entry.message === undefined || entry.message.state === "complete") this.#name(chain, entry);
		}
	}

	#sip(entry: SipEntry): void {
		const { sip, links } = entry;
		if (sip.method !== "MESSAGE") return;
		if (sip.kind === "response") {
			if (sip.status >= 200) this.#answer(entry, "response", `${sip.status} ${sip.reason}`.trimEnd());
			return;
		}
		const key = `${sip.get("call-id")} ${sip.get("cseq")} ${links.session}`;
		const first = this.#byChat.get(key);
		if (first !== undefined) {
			this.#byEntry.set(entry.number, first);
			return;
		}
		const kind = entry.payload?.kind;
		if (kind === "imdn" || kind === "composing") {
			this.#notification(entry);
			return;
		}
		const chain = this.#begin(entry);
		this.#byChat.set(key, chain);
		this.#byEntry.set(entry.number, chain);
		this.#ask(chain, entry);
		this.#name(chain, entry);
		chain.wanted.response = true;
	}

	#begin(entry: SipEntry | MsrpEntry): Chain {
		const chain: Chain = {
			entry: entry.number,
			session: entry.links.session,
			at: { sec: entry.at.sec, nsec: entry.at.nsec },
			label: "",
			title: "",
			steps: { response: [], report: [], delivered: [], displayed: [] },
			wanted: { response: false, report: false, delivered: false, displayed: false },
		};
		this.#chains.set(entry.number, chain);
		return chain;
	}

	#name(chain: Chain, entry: SipEntry | MsrpEntry): void {
		if (entry.verdict !== undefined) chain.label = classLabel(entry.verdict.headline);
		chain.title = contentSummary(entry) || fallback(entry);
	}

	#ask(chain: Chain, entry: SipEntry | MsrpEntry): void {
		for (const wish of entry.cpim?.imdn.dispositionNotification ?? []) {
			const word = wish.trim().toLowerCase();
			if (word === "positive-delivery") chain.wanted.delivered = true;
			else if (word === "display") chain.wanted.displayed = true;
		}
	}

	/** delivery and processing tell of the way, display of the reader */
	#notification(entry: SipEntry | MsrpEntry): void {
		const { payload } = entry;
		if (payload?.kind !== "imdn") return;
		this.#answer(entry, payload.notification === "display" ? "displayed" : "delivered", payload.status);
	}

	#answer(entry: SipEntry | MsrpEntry, link: ChainLink, text: string): void {
		const { answers, chat } = entry.links;
		const chain =
			(answers === undefined ? undefined : this.#byEntry.get(answers)) ??
			(link === "report" && chat !== undefined ? this.#byChat.get(chat) : undefined);
		if (chain === undefined) return;
		const steps = chain.steps[link];
		if (steps.length < STEPS) steps.push({ entry: entry.number, at: { sec: entry.at.sec, nsec: entry.at.nsec }, text });
		this.#byAnswer.set(entry.number, chain);
	}
}

/** Links that were asked for and never came. */
export function missingLinks(chain: Chain): ChainLink[] {
	return CHAIN_LINKS.filter((link) => chain.wanted[link] && chain.steps[link].length === 0);
}

function fallback(entry: SipEntry | MsrpEntry): string {
	if (entry.protocol === "sip") return mediaType(entry.sip.get("content-type") ?? "no content");
	return `${mediaType(entry.message?.contentType ?? entry.msrp.contentType ?? "no content type")} ${shortId(entry.msrp.messageId ?? "")}`.trimEnd();
}
