import type { Flow } from "../model/flow.js";
import { addressScope, normalHost } from "./addresses.js";
import type { Dialog, Side } from "./dialogs.js";
import type { MsrpKey } from "./msrp-uri.js";
import { type MsrpFacts, ownUri, type SdpFacts } from "./sdp-facts.js";
import type { Session } from "./sessions.js";
import type { MediaSummary } from "./types.js";

/** What one side of an agreed MSRP media line said. */
export interface MediaSide {
	facts: MsrpFacts;
	own: MsrpKey;
	direction: "sendrecv" | "sendonly" | "recvonly" | "inactive";
	/** who wrote the description (o-line): two calls with the same one are two legs of a box */
	origin: string;
	/** entry of the description */
	entry: number;
}

/** One m=message line that both sides accepted, as one leg of the call showed it. Its record outlives it. */
export class MsrpMedia {
	readonly record: MediaSummary;
	/** what has to forget it when it ends */
	readonly onEnd: (() => void)[] = [];
	/** directions before they last changed, and when that was, in seconds */
	previousDirections: [MediaSide["direction"], MediaSide["direction"]] | undefined;
	directionsSince = 0;
	/** when it was agreed first, in seconds, and the entry of the answer */
	agreedAt = 0;
	answer = 0;
	/** side of the relay on which it was agreed; undefined in captures */
	leg: Flow["leg"];
	/** a 2xx (or ACK, PRACK) has closed the round, not only a provisional response */
	accepted = false;

	constructor(
		readonly session: Session,
		readonly dialog: Dialog,
		readonly index: number,
		public sides: [MediaSide, MediaSide],
	) {
		const paths: [string, string] = [sides[0].facts.path.join(" "), sides[1].facts.path.join(" ")];
		this.record = { dialog: dialog.id, index, paths, active: undefined, flow: undefined, live: false };
	}

	get live(): boolean {
		return this.record.live;
	}

	/** Relays or WebSocket stand between: who connects to whom is not told by the roles in SDP. */
	get indirect(): boolean {
		return this.sides.some(({ facts, own }) => facts.path.length > 1 || own.transport === "ws");
	}

	/** Both sides use RFC 6714: the active side connects to c= and m=. */
	get cema(): boolean {
		return this.sides[0].facts.cema && this.sides[1].facts.cema;
	}

	/** Where that side is to be reached: c=/m= under CEMA, else the first URI of its path (RFC 4975 §5.4, RFC 6714 §4). */
	listener(side: Side): { host: string; port: number } | undefined {
		const { facts } = this.sides[side];
		if (this.cema) return facts.address === undefined ? undefined : { host: facts.address, port: facts.port };
		const first = facts.uris[0];
		return first?.port === undefined ? undefined : { host: first.host, port: first.port };
	}
}

/** Who opens the connection (RFC 4975 §5.4, RFC 6135 §4.2); undefined when the roles do not tell. */
export function activeSide(offer: MsrpFacts, offerer: Side, answer: MsrpFacts): Side | undefined {
	const answerer: Side = offerer === 0 ? 1 : 0;
	switch (answer.setup) {
		case "active":
			return answerer;
		case "passive":
			return offerer;
		case undefined:
			return offer.setup === "passive" || offer.setup === "holdconn" ? undefined : offerer;
		default:
			return undefined;
	}
}

/** A side of a media line that a URI or an address stands for. */
export interface Found {
	media: MsrpMedia;
	side: Side;
}

/** Live MSRP media by session URI, by session-id and by the place where a side listens. */
export class MediaTable {
	readonly #byUri = new Map<string, Found[]>();
	readonly #byId = new Map<string, Found[]>();
	readonly #byPlace = new Map<string, Found[]>();

	add(media: MsrpMedia): void {
		media.record.live = true;
		for (const side of [0, 1] as const) {
			const { own } = media.sides[side];
			insert(this.#byUri, own.key, { media, side });
			if (own.sessionId !== undefined) insert(this.#byId, own.sessionId, { media, side });
			const listener = media.listener(side);
			if (listener !== undefined) insert(this.#byPlace, place(listener.host, listener.port), { media, side });
		}
	}

	remove(media: MsrpMedia): void {
		if (!media.live) return;
		media.record.live = false;
		for (const side of [0, 1] as const) {
			const { own } = media.sides[side];
			withdraw(this.#byUri, own.key, media);
			if (own.sessionId !== undefined) withdraw(this.#byId, own.sessionId, media);
			const listener = media.listener(side);
			if (listener !== undefined) withdraw(this.#byPlace, place(listener.host, listener.port), media);
		}
	}

	/** As `remove`, for good. */
	end(media: MsrpMedia): void {
		this.remove(media);
		for (const forget of media.onEnd.splice(0)) forget();
	}

	uri(key: string): readonly Found[] {
		return this.#byUri.get(key) ?? NONE;
	}

	sessionId(id: string): readonly Found[] {
		return this.#byId.get(id) ?? NONE;
	}

	/** Sides that listen at an address and port; by port alone where SDP gives a name. */
	listener(address: string, port: number): readonly Found[] {
		const here = this.#byPlace.get(`${normalHost(address)} ${port}`);
		const named = this.#byPlace.get(`${NAMED} ${port}`);
		if (here === undefined || named === undefined) return here ?? named ?? NONE;
		return [...here, ...named];
	}
}

/** In place of a host that is no address. */
const NAMED = "*";

function place(host: string, port: number): string {
	return `${addressScope(host) === "name" ? NAMED : host} ${port}`;
}

const NONE: readonly Found[] = [];
/** Media that share one key; more are not told apart (hostile input). */
const SHARED = 1024;

function insert<K>(map: Map<K, Found[]>, key: K, found: Found): void {
	const list = map.get(key);
	if (list === undefined) map.set(key, [found]);
	else if (list.length < SHARED) list.push(found);
}

function withdraw<K>(map: Map<K, Found[]>, key: K, media: MsrpMedia): void {
	const list = map.get(key);
	if (list === undefined) return;
	for (let i = list.length - 1; i >= 0; i--) if (list[i]!.media === media) list.splice(i, 1);
	if (list.length === 0) map.delete(key);
}

/** The two sides of m-line `index`, offerer first; undefined when MSRP was not agreed on there. */
export function mediaSides(offer: SdpFacts, answer: SdpFacts, index: number): [MediaSide, MediaSide] | undefined {
	const a = mediaSide(offer, index);
	const b = mediaSide(answer, index);
	return a === undefined || b === undefined ? undefined : [a, b];
}

function mediaSide(sdp: SdpFacts, index: number): MediaSide | undefined {
	const media = sdp.media[index];
	if (media?.msrp === undefined || media.port <= 0) return undefined;
	const own = ownUri(media.msrp);
	return own === undefined ? undefined : { facts: media.msrp, own, direction: media.direction, origin: sdp.origin, entry: sdp.entry };
}
