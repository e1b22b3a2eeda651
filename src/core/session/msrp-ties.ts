import type { MsrpEntry } from "../model/entry.js";
import type { Limits } from "../model/limits.js";
import { normalHost } from "./addresses.js";
import { FifoMap } from "./bounded.js";
import type { Side } from "./dialogs.js";
import type { Found, MediaTable, MsrpMedia } from "./media.js";
import { type MsrpKey, msrpKey } from "./msrp-uri.js";
import type { TiedBy } from "./rules-connection.js";
import type { Session, SessionStore } from "./sessions.js";

/** Two session URIs that talk to each other: the rightmost ones of To-Path and From-Path, which relays leave alone (RFC 4976 §5). */
export class Pair {
	constructor(
		readonly id: number,
		readonly session: Session,
		/** undefined when no SDP is known for it, or when that is over */
		public media: MsrpMedia | undefined,
		/** key of the URI that is side 0 of the pair, and the side of the media that it is */
		readonly first: string,
		readonly firstIs: Side,
	) {
		media?.onEnd.push(() => {
			this.media = undefined;
		});
	}

	/** id of the connection that it was judged on */
	judged = 0;

	/** The side of the media that a side of the pair is. */
	mediaSide(side: Side): Side {
		return this.firstIs === 0 ? side : side === 0 ? 1 : 0;
	}
}

export interface Tie {
	pair: Pair;
	/** side of the media that sent the request */
	sender: Side;
	/** side of the pair that sent it */
	first: Side;
	/** undefined: no SDP is known for it */
	by: TiedBy | undefined;
	to: MsrpKey;
}

/** Finds the call that an MSRP request belongs to, whichever side opened the connection. */
export class MsrpTies {
	readonly #store: SessionStore;
	readonly #media: MediaTable;
	readonly #pairs: FifoMap<string, { pair: Pair; by: TiedBy | undefined }>;
	#last = 0;

	constructor(limits: Limits, store: SessionStore, media: MediaTable) {
		this.#store = store;
		this.#media = media;
		this.#pairs = new FifoMap(limits.sessions);
	}

	/** `to` and `from`: rightmost URIs as written. undefined when one of them is no MSRP URI. */
	tie(entry: MsrpEntry, to: string, from: string): Tie | undefined {
		const toKey = msrpKey(to);
		const fromKey = msrpKey(from);
		if (toKey === undefined || fromKey === undefined) return undefined;
		const uris = fromKey.key < toKey.key ? `${fromKey.key} ${toKey.key}` : `${toKey.key} ${fromKey.key}`;
		// A box that ends the dialog and leaves a=path alone: one pair of URIs, a call on either side of it.
		const { leg } = entry.flow;
		const key = leg !== undefined && this.#holding(toKey, fromKey).length > 1 ? `${uris} ${leg}` : uris;
		const known = this.#pairs.get(key);
		if (known !== undefined && (known.pair.media?.live || this.#find(entry, toKey, fromKey) === undefined)) {
			const side: Side = fromKey.key === known.pair.first ? 0 : 1;
			return { pair: known.pair, sender: known.pair.mediaSide(side), first: side, by: known.by, to: toKey };
		}
		const found = this.#find(entry, toKey, fromKey);
		const session = found?.media.session ?? this.#open(entry, to, from);
		const pair = new Pair(++this.#last, session, found?.media, fromKey.key, found?.side ?? 0);
		this.#pairs.set(key, { pair, by: found?.by });
		return { pair, sender: found?.side ?? 0, first: 0, by: found?.by, to: toKey };
	}

	#open(entry: MsrpEntry, to: string, from: string): Session {
		const session = this.#store.open("msrp", entry, entry.flow.openerKnown && !entry.flow.midStream);
		session.participant(from);
		session.participant(to);
		return session;
	}

	/** The media and the side that sent the request. */
	#find(entry: MsrpEntry, to: MsrpKey, from: MsrpKey): { media: MsrpMedia; side: Side; by: TiedBy } | undefined {
		const both = this.#holding(to, from);
		const own = both.find(({ media }) => media.leg === entry.flow.leg) ?? both[0];
		if (own !== undefined) return { ...own, by: "uris" };
		const senders = this.#media.uri(from.key);
		const receivers = this.#media.uri(to.key);
		if (receivers.length === 1) return { media: receivers[0]!.media, side: other(receivers[0]!.side), by: "to-path" };
		if (senders.length === 1) return { ...senders[0]!, by: "from-path" };
		return this.#byListener(entry, to) ?? this.#bySessionId(to, from);
	}

	/** Media with both URIs, and the side that sent the request. */
	#holding(to: MsrpKey, from: MsrpKey): readonly Found[] {
		const senders = this.#media.uri(from.key);
		if (senders.length === 0) return senders;
		const [first] = senders;
		// Hardly ever more than one: no list is made for it.
		if (senders.length === 1) return first!.media.sides[other(first!.side)].own.key === to.key ? senders : [];
		return senders.filter(({ media, side }) => media.sides[other(side)].own.key === to.key);
	}

	/** One media line waits there for a connection, and the one who connects is its other side. */
	#byListener(entry: MsrpEntry, to: MsrpKey): { media: MsrpMedia; side: Side; by: TiedBy } | undefined {
		if (entry.dir !== 0) return undefined;
		const { a, b } = entry.flow;
		const open = this.#media.listener(b.address, b.port).filter(({ media }) => media.record.flow === undefined);
		const expected = open.filter(({ media, side }) => comesFrom(media, other(side), normalHost(a.address)));
		const byId = open.filter(({ media, side }) => to.sessionId !== undefined && media.sides[side].own.sessionId === to.sessionId);
		const found = byId.length === 1 ? byId[0] : expected.length === 1 ? expected[0] : undefined;
		return found === undefined ? undefined : { media: found.media, side: other(found.side), by: "listener" };
	}

	#bySessionId(to: MsrpKey, from: MsrpKey): { media: MsrpMedia; side: Side; by: TiedBy } | undefined {
		const receivers = to.sessionId === undefined ? [] : unique(this.#media.sessionId(to.sessionId));
		if (receivers.length === 1) return { media: receivers[0]!.media, side: other(receivers[0]!.side), by: "session-id" };
		const senders = from.sessionId === undefined ? [] : unique(this.#media.sessionId(from.sessionId));
		if (senders.length !== 1) return undefined;
		const { media, side } = senders[0]!;
		return media.sides[other(side)].own.sessionId === to.sessionId ? { media, side, by: "session-id" } : undefined;
	}
}

function other(side: Side): Side {
	return side === 0 ? 1 : 0;
}

/** Is that the address of that side, as far as SDP tells? */
function comesFrom(media: MsrpMedia, side: Side, address: string): boolean {
	const { facts, own } = media.sides[side];
	return facts.address === address || own.host === address;
}

/** Session-ids that a short counter made may be in many calls: only one that is alone tells. */
function unique(found: readonly Found[]): readonly Found[] {
	return found.length === 1 ? found : [];
}
