import type { Endpoint } from "../../core/model/flow.js";
import { address, event, tag } from "../../core/protocols/sip/index.js";
import { compareUri, parseUri } from "../../core/protocols/uri/index.js";
import { MsrpEndpoint } from "../msrp/endpoint.js";
import { hostPort, type LinkServer, listen, parsePlace, type Transport } from "../net/index.js";
import { tapped } from "../net/tap.js";
import { recipients } from "../sip/body.js";
import { Dialog, keyOfRequest } from "../sip/dialog.js";
import { type Challenge, challengeHeader, userOf, verify } from "../sip/digest.js";
import { SipEndpoint } from "../sip/endpoint.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import { DEFAULT_TIMERS } from "../sip/timers.js";
import { type Ids, randomIds } from "../wire/ids.js";
import { DirectCalls } from "./direct-calls.js";
import { ALLOW, Invitations } from "./invitations.js";
import type { Participant } from "./participant.js";
import { aor, type Binding, Registrar } from "./registrar.js";
import { Room } from "./room.js";
import { DEFAULT_BEHAVIOUR, type FocusBehaviour, type FocusOptions, type GroupOptions } from "./settings.js";

/** milliseconds that one invited user may keep the next one waiting */
const PATIENCE = 2000;

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
	readonly rooms = new Set<Room>();
	readonly #options: FocusOptions;
	readonly #ids: Ids;
	readonly #sip: SipEndpoint;
	readonly #msrp: MsrpEndpoint;
	readonly #registrar = new Registrar();
	readonly #direct: DirectCalls;
	readonly #servers: LinkServer[] = [];
	readonly #challenge: Challenge;
	/** room and participant by the key of the dialog */
	readonly #calls = new Map<string, { room: Room; participant: Participant }>();
	readonly #subscribed = new Map<string, { room: Room; dialog: Dialog; user: string }>();
	#invitations: Invitations | undefined;
	#closing: Promise<void> | undefined;

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
				for (const { room, participant } of [...this.#calls.values()]) {
					if (participant.dialog.link === link) this.#gone(room, participant);
				}
			},
		});
		this.#msrp = new MsrpEndpoint(this.#ids, { tls: options.tls }, options.tap);
		this.#direct = new DirectCalls(this.#sip, this.#ids, `sip:${this.domain}`);
		this.#challenge = { realm: options.digest?.realm ?? this.domain, nonce: this.#ids.token(24), algorithm: "SHA-256" };
	}

	async start(): Promise<void> {
		const { listen: places, msrp, tls, tap, advertise } = this.#options;
		const media = parsePlace(msrp ?? "tcp://127.0.0.1:0");
		await this.#msrp.listen(media);
		const own = this.#msrp.address!;
		this.#invitations = new Invitations({
			sip: this.#sip,
			msrp: this.#msrp,
			behaviour: this.behaviour,
			ids: this.#ids,
			place: media,
			advertised: advertise === undefined ? own : { address: advertise.host, port: advertise.port },
		});
		for (const text of places) {
			const place = parsePlace(text);
			this.#servers.push(
				await listen(place, { tls, subprotocol: "sip" }, (link) => this.#sip.attach(tap === undefined ? link : tapped(link, tap))),
			);
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

	/** Ends all calls, then everything else. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		for (const room of [...this.rooms]) {
			room.roster.end(undefined);
			await this.dismiss(room);
		}
		await this.#msrp.close();
		this.#sip.close();
		await Promise.all(this.#servers.map((server) => server.close()));
	}

	#request(transaction: ServerTransaction): void {
		const { request } = transaction;
		if (/^sips?:/i.test(request.requestUri) === false) transaction.respond(416, { reason: "Unsupported URI Scheme" });
		else if (this.#unsupported(transaction)) return;
		else if (tag(request, "to") !== undefined) this.#within(transaction);
		else {
			switch (request.method) {
				case "REGISTER":
					if (this.#admitted(transaction, "to")) this.#registrar.register(transaction);
					break;
				case "INVITE":
					if (this.#admitted(transaction, "from")) this.#invite(transaction);
					break;
				case "SUBSCRIBE":
					this.#subscribe(transaction);
					break;
				case "OPTIONS":
					this.#capabilities(transaction);
					break;
				case "MESSAGE":
					this.#message(transaction);
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

	#invite(transaction: ServerTransaction): void {
		const { request } = transaction;
		const caller = aor(address(request, "from")?.uri.text ?? "");
		const target = request.requestUri;
		if (compareUri(target, this.factory, "aor").equal) {
			const invited = recipients(request);
			this.#join(transaction, this.#open(undefined), caller, invited);
			return;
		}
		const group = this.#options.groups?.find(({ uri }) => compareUri(target, uri, "aor").equal);
		if (group?.members !== undefined && !group.members.some((member) => compareUri(member, caller, "aor").equal)) {
			transaction.respond(403);
			return;
		}
		const room = [...this.rooms].find((one) => one.is(target)) ?? (group === undefined ? undefined : this.#open(group));
		if (room !== undefined) {
			this.#join(transaction, room, caller, []);
			return;
		}
		const binding = this.#registrar.find(target);
		if (binding !== undefined) this.#direct.invite(transaction, aor(target), binding);
		else transaction.respond(this.#knows(target) ? 480 : 404);
	}

	#join(transaction: ServerTransaction, room: Room, caller: string, invited: readonly string[]): void {
		const participant = this.#invitations!.answer(transaction, room, caller, () => {
			void this.invite(room, invited);
		});
		if (participant !== undefined) this.#calls.set(participant.dialog.key, { room, participant });
		else if (room.participants.length === 0) this.rooms.delete(room);
	}

	/**
	 * Invites registered users into a room, one after the other: each when the one before is connected, has refused, or has
	 * kept us waiting for two seconds. Gives those that nobody knows a place of.
	 */
	async invite(room: Room, users: readonly string[]): Promise<string[]> {
		const unknown: string[] = [];
		for (const user of users) {
			const binding = this.#registrar.find(user);
			if (binding === undefined) unknown.push(user);
			else await this.#inviteOne(room, aor(user), binding);
		}
		return unknown;
	}

	#inviteOne(room: Room, user: string, binding: Binding): Promise<void> {
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, PATIENCE);
			const done = (): void => {
				clearTimeout(timer);
				resolve();
			};
			this.#invitations!.invite(room, user, binding, (participant) => {
				if (participant === undefined) done();
				else {
					this.#calls.set(participant.dialog.key, { room, participant });
					participant.whenConnected(done);
				}
			});
		});
	}

	/** Ends the call of one participant, or of all. */
	async dismiss(room: Room, which?: Participant): Promise<void> {
		for (const participant of which === undefined ? [...room.participants] : [which]) {
			this.#calls.delete(participant.dialog.key);
			await this.#sip.within(participant.dialog, "BYE");
			room.remove(participant);
		}
	}

	#open(group: GroupOptions | undefined): Room {
		const room = new Room(
			{
				uri: `sip:sess-${this.#ids.token(8)}@${this.domain}`,
				group: group?.uri,
				subject: group?.subject ?? "Conference",
				onEmpty: () => {
					room.roster.end(undefined);
					this.rooms.delete(room);
				},
			},
			this.#sip,
			this.#msrp,
			this.behaviour,
		);
		this.rooms.add(room);
		return room;
	}

	/** A request that names a dialog. */
	#within(transaction: ServerTransaction): void {
		const { request } = transaction;
		const key = keyOfRequest(request);
		if (this.#direct.has(key)) {
			this.#direct.within(transaction, key);
			return;
		}
		const call = this.#calls.get(key);
		const subscription = this.#subscribed.get(key);
		const dialog = call?.participant.dialog ?? subscription?.dialog;
		if (dialog === undefined) {
			transaction.respond(481);
			return;
		}
		if (!dialog.received(request)) {
			transaction.respond(500, { reason: "CSeq too low" });
			return;
		}
		switch (request.method) {
			case "BYE":
				transaction.respond(200);
				if (call !== undefined) this.#gone(call.room, call.participant);
				break;
			case "INVITE":
				if (call === undefined) transaction.respond(481);
				else this.#invitations!.again(transaction, call.room, call.participant);
				break;
			case "SUBSCRIBE":
				if (subscription === undefined) transaction.respond(489, { headers: [["Allow-Events", "conference"]] });
				else this.#grant(transaction, subscription.room, dialog, subscription.user);
				break;
			case "OPTIONS":
				this.#capabilities(transaction);
				break;
			default:
				transaction.respond(405, { headers: [["Allow", ALLOW]] });
		}
	}

	#gone(room: Room, participant: Participant): void {
		this.#calls.delete(participant.dialog.key);
		room.remove(participant);
	}

	/** RFC 4575 §4: only who takes part is told. */
	#subscribe(transaction: ServerTransaction): void {
		const { request, link } = transaction;
		const user = aor(address(request, "from")?.uri.text ?? "");
		const room = [...this.rooms].find((one) => one.is(request.requestUri));
		if (event(request)?.package !== "conference") transaction.respond(489, { headers: [["Allow-Events", "conference"]] });
		else if (room === undefined) transaction.respond(404);
		else if (!room.participants.some((participant) => participant.user === user)) transaction.respond(403);
		else {
			const dialog = Dialog.ofRequest(request, link, transaction.tag);
			this.#subscribed.set(dialog.key, { room, dialog, user });
			this.#grant(transaction, room, dialog, user);
		}
	}

	#grant(transaction: ServerTransaction, room: Room, dialog: Dialog, user: string): void {
		const wanted = Number(transaction.request.get("expires") ?? 3600);
		const expires = room.roster.subscribe(user, dialog, Number.isInteger(wanted) && wanted >= 0 ? wanted : 3600);
		transaction.respond(200, {
			headers: [
				["Contact", room.contact],
				["Expires", String(expires)],
			],
		});
		room.roster.notifyFull(dialog);
		if (!room.roster.has(dialog.key)) this.#subscribed.delete(dialog.key);
	}

	#capabilities(transaction: ServerTransaction): void {
		const room = [...this.rooms].find((one) => one.is(transaction.request.requestUri));
		transaction.respond(200, {
			headers: [
				["Contact", room?.contact],
				["Allow", ALLOW],
				["Accept", "application/sdp, application/resource-lists+xml, multipart/mixed"],
				["Allow-Events", "conference"],
				["Supported", "recipient-list-invite"],
			],
		});
	}

	#message(transaction: ServerTransaction): void {
		const target = transaction.request.requestUri;
		const binding = this.#registrar.find(target);
		if (binding !== undefined) this.#direct.message(transaction, aor(target), binding);
		else if ([...this.rooms].some((room) => room.is(target))) transaction.respond(405, { headers: [["Allow", ALLOW]] });
		else transaction.respond(this.#knows(target) ? 480 : 404);
	}

	/** A user that exists, whether registered or not. */
	#knows(uri: string): boolean {
		const { digest } = this.#options;
		return digest !== undefined && Object.hasOwn(digest.users, parseUri(uri).user ?? "");
	}
}
