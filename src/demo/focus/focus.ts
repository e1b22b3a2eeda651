import type { Endpoint } from "../../core/model/flow.js";
import { address, tag } from "../../core/protocols/sip/index.js";
import { parseUri } from "../../core/protocols/uri/index.js";
import { hostPort, type LinkServer, listen, parsePlace, type Transport } from "../../shell/net/links/index.js";
import { tapped } from "../../shell/net/links/tap.js";
import { MsrpEndpoint } from "../msrp/endpoint.js";
import { keyOfRequest } from "../sip/dialog.js";
import { type Challenge, challengeHeader, userOf, verify } from "../sip/digest.js";
import { SipEndpoint } from "../sip/endpoint.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import { DEFAULT_TIMERS } from "../sip/timers.js";
import { type Ids, randomIds } from "../wire/ids.js";
import { DirectCalls } from "./direct-calls.js";
import { ALLOW, Invitations } from "./invitations.js";
import type { Participant } from "./participant.js";
import { aor, Registrar } from "./registrar.js";
import type { Room } from "./room.js";
import { Rooms } from "./rooms.js";
import { DEFAULT_BEHAVIOUR, type FocusBehaviour, type FocusOptions } from "./settings.js";

/**
 * Starts a conference focus with registrar and MSRP switch on real sockets: a test peer.
 *
 *     const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
 *     focus.address("tcp");           // { address, port } where SIP is listened for
 *     focus.msrp;                     // the same for MSRP
 *     await focus.close();
 *
 * It answers REGISTER, INVITE (factory with recipient list per RFC 5366, groups, rooms, users), re-INVITE, BYE, CANCEL, OPTIONS,
 * SUBSCRIBE to `conference` and MESSAGE, and switches MSRP as RFC 7701 §6 and OMA SIMPLE IM say. `behaviour` makes it err.
 *
 * @throws PlaceError for a place that cannot be read; the error of the system when a port cannot be had
 */
export async function createFocus(options: FocusOptions): Promise<Focus> {
	const focus = new Focus(options);
	try {
		await focus.start();
	} catch (error) {
		await focus.close();
		throw error;
	}
	return focus;
}

export class Focus {
	readonly behaviour: FocusBehaviour;
	readonly factory: string;
	readonly domain: string;
	readonly #options: FocusOptions;
	readonly #ids: Ids;
	readonly #sip: SipEndpoint;
	readonly #msrp: MsrpEndpoint;
	readonly #registrar = new Registrar();
	readonly #direct: DirectCalls;
	readonly #servers: LinkServer[] = [];
	readonly #challenge: Challenge;
	#rooms: Rooms | undefined;
	#closing: Promise<void> | undefined;

	/** Use `createFocus`. */
	constructor(options: FocusOptions) {
		this.#options = options;
		this.#ids = options.ids ?? randomIds();
		this.domain = options.domain ?? "im.example.com";
		this.factory = options.factory ?? `sip:conf-factory@${this.domain}`;
		this.behaviour = { ...DEFAULT_BEHAVIOUR, ...options.behaviour };
		this.#sip = new SipEndpoint({
			ids: this.#ids,
			timers: { ...DEFAULT_TIMERS, ...options.timers },
			product: options.product ?? "IM-serv/OMA2.0 mitmsrp/demo",
			role: "server",
			onRequest: (transaction) => this.#request(transaction),
			onClosed: (link) => {
				this.#registrar.lost(link);
				this.#rooms?.lost(link);
			},
		});
		this.#msrp = new MsrpEndpoint(this.#ids, { tls: options.tls }, options.tap);
		this.#direct = new DirectCalls(this.#sip, this.#ids, `sip:${this.domain}`);
		this.#challenge = { realm: options.digest?.realm ?? this.domain, nonce: this.#ids.token(24), algorithm: "SHA-256" };
	}

	async start(): Promise<void> {
		const { listen: places, msrp: media, tls, tap, advertise, groups = [] } = this.#options;
		const place = parsePlace(media ?? "tcp://127.0.0.1:0");
		await this.#msrp.listen(place);
		const advertised = advertise === undefined ? this.#msrp.address! : { address: advertise.host, port: advertise.port };
		const shared = { sip: this.#sip, msrp: this.#msrp, behaviour: this.behaviour, ids: this.#ids };
		const invitations = new Invitations({ ...shared, place, advertised });
		this.#rooms = new Rooms({ ...shared, invitations, registrar: this.#registrar, domain: this.domain, factory: this.factory, groups });
		for (const text of places) {
			const server = await listen(parsePlace(text), { tls, subprotocols: ["sip"] }, (link) =>
				this.#sip.attach(tap === undefined ? link : tapped(link, tap)),
			);
			this.#servers.push(server);
		}
	}

	/** Where SIP is listened for over a transport. @throws when it is not */
	address(transport: Transport): Endpoint {
		const server = this.#servers.find((one) => one.transport === transport);
		if (server === undefined) throw new Error(`the focus does not listen for SIP over ${transport}`);
		return server.address;
	}

	/** Where MSRP is listened for. */
	get msrp(): Endpoint {
		return this.#msrp.address!;
	}

	/** All places, as `tcp://127.0.0.1:40123`. */
	get places(): string[] {
		return this.#servers.map(({ transport, address }) => `${transport}://${hostPort(address)}`);
	}

	/** Rooms that somebody is in. */
	get rooms(): ReadonlySet<Room> {
		return this.#rooms!.open;
	}

	/** Invites registered users into a room; gives those that nobody knows a place of. */
	invite(room: Room, users: readonly string[]): Promise<string[]> {
		return this.#rooms!.invite(room, users);
	}

	/** Ends the call of one participant, or of all. */
	dismiss(room: Room, which?: Participant): Promise<void> {
		return this.#rooms!.dismiss(room, which);
	}

	/** Ends all calls, then everything else. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		await this.#rooms?.close();
		await this.#msrp.close();
		this.#sip.close();
		await Promise.all(this.#servers.map((server) => server.close()));
	}

	#request(transaction: ServerTransaction): void {
		const { request } = transaction;
		const rooms = this.#rooms!;
		if (!/^sips?:/i.test(request.requestUri)) transaction.respond(416, { reason: "Unsupported URI Scheme" });
		else if (this.#unsupported(transaction)) return;
		else if (tag(request, "to") !== undefined) {
			const key = keyOfRequest(request);
			if (this.#direct.has(key)) this.#direct.within(transaction, key);
			else if (!rooms.within(transaction, key)) transaction.respond(481);
		} else {
			switch (request.method) {
				case "REGISTER":
					if (this.#admitted(transaction, "to")) this.#registrar.register(transaction);
					break;
				case "INVITE":
					if (this.#admitted(transaction, "from") && !rooms.invited(transaction)) this.#forward(transaction);
					break;
				case "MESSAGE":
					this.#forward(transaction);
					break;
				case "SUBSCRIBE":
					rooms.subscribe(transaction);
					break;
				case "OPTIONS":
					this.#capabilities(transaction);
					break;
				case "BYE":
				case "NOTIFY":
					transaction.respond(481);
					break;
				default:
					transaction.respond(405, { headers: [["Allow", ALLOW]] });
			}
		}
	}

	/** RFC 3261 §8.2.2.3. */
	#unsupported(transaction: ServerTransaction): boolean {
		const unknown = transaction.request.all("require").filter((option) => option.toLowerCase() !== "recipient-list-invite");
		if (unknown.length === 0) return false;
		transaction.respond(420, { headers: [["Unsupported", unknown.join(", ")]] });
		return true;
	}

	/** Digest, where it is asked for: proves the user in To (REGISTER) or From. */
	#admitted(transaction: ServerTransaction, key: "to" | "from"): boolean {
		const { digest } = this.#options;
		if (digest === undefined) return true;
		const { request } = transaction;
		const claimed = userOf(address(request, key)?.uri.text ?? "");
		const user = verify(request.get("authorization"), this.#challenge, request.method, (name) => digest.users[name]);
		if (user === claimed) return true;
		if (user !== undefined) transaction.respond(403);
		else transaction.respond(401, { headers: [["WWW-Authenticate", challengeHeader(this.#challenge)]] });
		return false;
	}

	/** INVITE or MESSAGE for another user. */
	#forward(transaction: ServerTransaction): void {
		const { method, requestUri } = transaction.request;
		const binding = this.#registrar.find(requestUri);
		if (binding === undefined) {
			if (method === "MESSAGE" && this.#rooms!.find(requestUri) !== undefined) transaction.respond(405, { headers: [["Allow", ALLOW]] });
			else transaction.respond(this.#knows(requestUri) ? 480 : 404);
		} else if (method === "INVITE") this.#direct.invite(transaction, aor(requestUri), binding);
		else this.#direct.message(transaction, aor(requestUri), binding);
	}

	#capabilities(transaction: ServerTransaction): void {
		transaction.respond(200, {
			headers: [
				["Contact", this.#rooms!.find(transaction.request.requestUri)?.contact],
				["Allow", ALLOW],
				["Accept", "application/sdp, application/resource-lists+xml, multipart/mixed"],
				["Allow-Events", "conference"],
				["Supported", "recipient-list-invite"],
			],
		});
	}

	/** A user that exists, whether registered or not. */
	#knows(uri: string): boolean {
		const { digest } = this.#options;
		return digest !== undefined && Object.hasOwn(digest.users, parseUri(uri).user ?? "");
	}
}
