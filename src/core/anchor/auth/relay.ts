import { DEFAULT_LIMITS } from "../../model/limits.js";
import type { Moment } from "../../model/time.js";
import type { MsrpFrame } from "../../protocols/msrp/types.js";
import { later } from "../../relay/time.js";
import { response } from "../responses.js";
import { targetOf } from "../uris.js";
import { challengeOf, proves, type RelayUser } from "./digest.js";
import { Grants } from "./grants.js";
import { RelayPeer } from "./peer.js";
import type { RelayLink, RelayTarget } from "./types.js";

/** Seconds that a URI may be used for: what is given, and what may be asked for. */
const EXPIRES = 1800;
const SHORTEST = 60;
const LONGEST = 86_400;
/** Seconds within which a connection that was opened to the relay has to bring a request (RFC 4976 §6). */
const SILENCE = 30;
/** Relays in one To-Path that are this one. */
const TURNS = 8;

export interface MsrpRelayOptions {
	/** how others reach it: "msrp://relay.example.com:2855" */
	base: string;
	/** asks AUTH for this name and password; undefined: everybody may */
	user?: RelayUser | undefined;
	/** letters and digits that nobody guesses */
	token(): string;
	/** Opens a connection for the peer; it may be written to at once. */
	dial(target: RelayTarget, peer: RelayPeer): RelayLink;
}

/** Where a request goes next. */
export interface Route {
	peer: RelayPeer;
	toPath: string;
	fromPath: string;
	/** the relay's URI that was first in To-Path */
	own: string;
}

/**
 * An MSRP relay for clients that can be reached only over the connection which they opened themselves (RFC 4976): they ask for a URI with
 * AUTH, name it in a=path in front of their own, and what is sent to it goes to them. They alone can have it open connections.
 */
export class MsrpRelay {
	readonly #options: MsrpRelayOptions;
	readonly #grants: Grants<RelayPeer>;
	readonly #peers = new Set<RelayPeer>();
	/** connections that the relay opened, by where to */
	readonly #dialled = new Map<string, RelayPeer>();
	readonly #nonces = new WeakMap<RelayPeer, string>();
	#now: Moment = { sec: 0, nsec: 0, packet: 0 };
	#ids = 0;

	constructor(options: MsrpRelayOptions) {
		this.#options = options;
		this.#grants = new Grants(() => `${options.base}/${options.token()};tcp`);
	}

	/** URIs that are granted */
	get granted(): number {
		return this.#grants.size;
	}

	get now(): Moment {
		return this.#now;
	}

	/** Somebody connected to the relay. */
	open(link: RelayLink, now: Moment): RelayPeer {
		this.#tick(now);
		const peer = new RelayPeer(this, DEFAULT_LIMITS, later(this.#now, SILENCE));
		peer.link = link;
		this.#peers.add(peer);
		return peer;
	}

	receive(peer: RelayPeer, octets: Buffer, now: Moment): void {
		this.#tick(now);
		peer.feed(octets);
	}

	closed(peer: RelayPeer): void {
		if (!this.#peers.delete(peer)) return;
		this.#grants.release(peer);
		for (const [key, other] of this.#dialled) if (other === peer) this.#dialled.delete(key);
		peer.over();
	}

	/** To be called every second or so. */
	advance(now: Moment): void {
		this.#tick(now);
		this.#grants.advance(this.#now);
		for (const peer of [...this.#peers]) peer.advance(this.#now);
	}

	/** This is a URI that AUTH was answered with. */
	owns(uri: string): boolean {
		return this.#grants.find(uri) !== undefined;
	}

	/** The answer to AUTH for this relay: a challenge, a refusal, or a URI of its own for the client. */
	authorise(peer: RelayPeer, frame: MsrpFrame): Buffer {
		const [to] = frame.toPath as [string];
		const from = frame.fromPath.join(" ");
		const answer = (status: number, comment: string, more = ""): Buffer => response(frame, status, comment, from, to, more);
		const { user } = this.#options;
		if (user !== undefined) {
			const realm = new URL(this.#options.base).hostname;
			const nonce = this.#nonces.get(peer);
			if (nonce === undefined || !proves(frame.get("authorization"), user, realm, nonce)) {
				const fresh = nonce ?? this.#options.token();
				this.#nonces.set(peer, fresh);
				return answer(401, "Unauthorized", `WWW-Authenticate: ${challengeOf(realm, fresh)}\r\n`);
			}
		}
		const asked = frame.get("expires");
		const seconds = asked === undefined ? EXPIRES : /^\d{1,9}$/.test(asked) ? Number(asked) : undefined;
		if (seconds === undefined) return answer(400, "Expires is a number of seconds");
		if (seconds < SHORTEST) return answer(423, "Interval Out-of-Bounds", `Min-Expires: ${SHORTEST}\r\n`);
		if (seconds > LONGEST) return answer(423, "Interval Out-of-Bounds", `Max-Expires: ${LONGEST}\r\n`);
		const client = frame.fromPath.at(-1)!;
		const grant = this.#grants.grant(peer, client, this.#now, seconds);
		if (grant === undefined) return answer(403, "too many URIs");
		const path = [...frame.fromPath.slice(0, -1).reverse(), grant.uri].join(" ");
		return answer(200, "OK", `Use-Path: ${path}\r\nExpires: ${seconds}\r\n`);
	}

	/** Where a request of that connection goes, or the status that refuses it; undefined: it is for the relay itself. */
	route(from: RelayPeer, frame: MsrpFrame): Route | number | undefined {
		const [...to] = frame.toPath;
		let fromPath = frame.fromPath.join(" ");
		const own = to[0]!;
		let sender: RelayPeer | undefined = from;
		for (let turns = 0; turns < TURNS; turns++) {
			const grant = this.#grants.find(to[0]!);
			if (grant === undefined) return 481;
			fromPath = `${to.shift()!} ${fromPath}`;
			if (to.length === 0) return frame.method === "REPORT" ? undefined : 481;
			const route = (peer: RelayPeer): Route => ({ peer, toPath: to.join(" "), fromPath, own });
			if (sender !== grant.peer) {
				// Answers and reports to whoever sent this come back over its connection.
				if (sender !== undefined) grant.peer.remember(frame.fromPath[0]!, sender);
				return route(grant.peer);
			}
			sender = undefined;
			if (this.owns(to[0]!)) continue;
			const target = targetOf(to[0]!);
			const peer = grant.peer.known(to[0]!) ?? (target === undefined ? undefined : this.#dial(target));
			return peer === undefined ? 481 : route(peer);
		}
		return 481;
	}

	newId(octets: Buffer): string {
		for (;;) {
			const id = `mr${(++this.#ids).toString(36).padStart(8, "0")}`;
			if (!octets.includes(`-------${id}`)) return id;
		}
	}

	#dial(target: RelayTarget): RelayPeer {
		const key = `${target.secure} ${target.port} ${target.host.toLowerCase()}`;
		const known = this.#dialled.get(key);
		if (known !== undefined) return known;
		const peer = new RelayPeer(this, DEFAULT_LIMITS, undefined);
		this.#peers.add(peer);
		this.#dialled.set(key, peer);
		peer.link = this.#options.dial(target, peer);
		return peer;
	}

	#tick({ sec, nsec }: Moment): void {
		this.#now = { sec, nsec, packet: 0 };
	}
}
