import type { Moment } from "../../model/time.js";
import { isBefore, later } from "../../relay/time.js";
import { msrpKey } from "../../session/msrp-uri.js";

/** URIs that are granted at once. */
const MOST = 10_000;
/** Those of one connection. */
const MOST_EACH = 64;

/** A URI of the relay that AUTH was answered with: whatever comes for it goes to that client. */
export interface Grant<Peer> {
	/** Use-Path's last URI */
	readonly uri: string;
	/** the client's own URI: From-Path of AUTH */
	readonly client: string;
	/** the connection that AUTH came over */
	readonly peer: Peer;
	until: Moment;
}

/** What AUTH was answered with, until it expires or its connection ends (RFC 4976 §5.1, §6.3). */
export class Grants<Peer extends object> {
	readonly #byUri = new Map<string, Grant<Peer>>();
	readonly #byPeer = new Map<Peer, Map<string, Grant<Peer>>>();
	readonly #make: () => string;

	/** `make` makes a URI that was never granted before */
	constructor(make: () => string) {
		this.#make = make;
	}

	get size(): number {
		return this.#byUri.size;
	}

	/** A new grant, or the one that this client has on this connection, for longer. Undefined: there are too many. */
	grant(peer: Peer, client: string, now: Moment, seconds: number): Grant<Peer> | undefined {
		const own = this.#byPeer.get(peer) ?? new Map<string, Grant<Peer>>();
		const until = later(now, seconds);
		const known = own.get(client);
		if (known !== undefined) {
			known.until = until;
			return known;
		}
		if (this.#byUri.size >= MOST || own.size >= MOST_EACH) return undefined;
		const grant: Grant<Peer> = { uri: this.#make(), client, peer, until };
		own.set(client, grant);
		this.#byPeer.set(peer, own);
		this.#byUri.set(msrpKey(grant.uri)!.key, grant);
		return grant;
	}

	find(uri: string): Grant<Peer> | undefined {
		const key = msrpKey(uri)?.key;
		return key === undefined ? undefined : this.#byUri.get(key);
	}

	/** The connection is over: its grants are too. */
	release(peer: Peer): void {
		for (const grant of [...(this.#byPeer.get(peer)?.values() ?? [])]) this.#remove(grant);
	}

	/** Takes back what was not asked for again in time. */
	advance(now: Moment): void {
		for (const grant of [...this.#byUri.values()]) if (isBefore(grant.until, now)) this.#remove(grant);
	}

	#remove(grant: Grant<Peer>): void {
		this.#byUri.delete(msrpKey(grant.uri)!.key);
		const own = this.#byPeer.get(grant.peer);
		own?.delete(grant.client);
		if (own?.size === 0) this.#byPeer.delete(grant.peer);
	}
}
