import { address, tag } from "../../core/protocols/sip/index.js";
import { connect, parsePlace } from "../../shell/net/links/index.js";
import { MsrpEndpoint } from "../msrp/endpoint.js";
import { bodyParts } from "../sip/body.js";
import { keyOfRequest } from "../sip/dialog.js";
import { type Outcome, SipEndpoint } from "../sip/endpoint.js";
import type { ServerTransaction } from "../sip/server-transaction.js";
import { DEFAULT_TIMERS } from "../sip/timers.js";
import { randomIds } from "../wire/ids.js";
import type { Body, HeaderRow } from "../wire/sip.js";
import { Account } from "./account.js";
import { ALLOW, Calls } from "./calls.js";
import type { Chat } from "./chat.js";
import { Changes } from "./events.js";
import { ClientMedia } from "./media.js";
import type { ClientOptions } from "./settings.js";
import { Subscriptions } from "./subscriptions.js";

/**
 * Starts a chat client on real sockets: a test peer.
 *
 *     const alice = await createClient({ user: "sip:alice@example.com", server: "tcp://127.0.0.1:5060" });
 *     await alice.register();
 *     const chat = await alice.call("sip:conf-factory@im.example.com", ["sip:bob@example.com"]);
 *     await chat.say("Hello");
 *     chat.screen;                    // what came, and what two kinds of client would show of it
 *     await alice.close();
 *
 * @throws PlaceError for a place that cannot be read; the error of the system when the server cannot be reached
 */
export async function createClient(options: ClientOptions): Promise<Client> {
	const ids = options.ids ?? randomIds();
	const changes = new Changes();
	const msrp = new MsrpEndpoint(ids, { tls: options.tls }, options.tap);
	const handlers = { request: (_: ServerTransaction): void => {} };
	const sip = new SipEndpoint({
		ids,
		timers: { ...DEFAULT_TIMERS, ...options.timers },
		product: options.product ?? "IM-client/OMA2.0 mitmsrp/demo",
		role: "client",
		onRequest: (transaction) => handlers.request(transaction),
		onClosed: () => changes.tell(),
	});
	const server = parsePlace(options.server);
	try {
		if (options.msrp !== null) await msrp.listen(parsePlace(options.msrp ?? "tcp://127.0.0.1:0"));
		const link = await connect(server, { tls: options.tls, subprotocols: ["sip"] }, options.tap);
		sip.attach(link);
		const client = new Client(new Account(options, ids, sip, link), msrp, changes);
		handlers.request = (transaction) => client.receive(transaction);
		return client;
	} catch (error) {
		await msrp.close();
		throw error;
	}
}

export class Client {
	readonly changes: Changes;
	/** page-mode messages that came */
	readonly messages: { from: string; text: string }[] = [];
	readonly #account: Account;
	readonly #msrp: MsrpEndpoint;
	readonly #calls: Calls;
	readonly #subscriptions: Subscriptions;
	#closing: Promise<void> | undefined;

	/** Use `createClient`. */
	constructor(account: Account, msrp: MsrpEndpoint, changes: Changes) {
		this.#account = account;
		this.#msrp = msrp;
		this.changes = changes;
		this.#subscriptions = new Subscriptions(account);
		this.#calls = new Calls(account, new ClientMedia(account, msrp), this.#subscriptions, changes);
	}

	get user(): string {
		return this.#account.user;
	}

	/** Own address and port of SIP. */
	get local() {
		return this.#account.link.local;
	}

	/** Calls that are up, and those that are over. */
	get chats(): readonly Chat[] {
		return this.#calls.chats;
	}

	/** The status of the final response; 0 when there was none. */
	register(seconds = 3600): Promise<number> {
		return this.#account.register([
			["Contact", this.#account.contact],
			["Expires", String(seconds)],
		]);
	}

	unregister(): Promise<number> {
		return this.register(0);
	}

	/**
	 * Calls a user, a group, a room, or a factory with the recipients that it shall invite (RFC 5366). Gives the chat when its
	 * MSRP connection is there, or when the peer has to open it.
	 *
	 * @throws CallError
	 */
	call(target: string, invited: readonly string[] = [], signal?: AbortSignal): Promise<Chat> {
		return this.#calls.call(target, invited, signal);
	}

	/** The call that came as number `index`, from 0; waits for it. */
	called(index = 0): Promise<Chat> {
		return this.changes.until(`a call at ${this.user}`, () => this.#calls.incoming[index]);
	}

	/** Page-mode message (RFC 3428); the status of the final response. */
	async message(target: string, text: string): Promise<number> {
		const { status } = await this.request("MESSAGE", target, [], { type: "text/plain;charset=UTF-8", octets: Buffer.from(text) });
		return status;
	}

	/** A request outside of dialogs; given headers replace those that it would have. */
	request(method: string, target: string, headers: readonly HeaderRow[] = [], body?: Body): Promise<Outcome> {
		return this.#account.ask(method, target, headers, body);
	}

	/** Ends all calls, then everything else. */
	close(): Promise<void> {
		this.#closing ??= this.#close();
		return this.#closing;
	}

	async #close(): Promise<void> {
		for (const chat of this.chats) await chat.bye();
		await this.#msrp.close();
		this.#account.sip.close();
	}

	/** Drops all connections as a crash would. */
	abort(): void {
		for (const chat of this.chats) chat.session.connection?.link.destroy();
		this.#account.link.destroy();
	}

	/** A request of the server; called by the SIP endpoint. */
	receive(transaction: ServerTransaction): void {
		const { request } = transaction;
		const inside = tag(request, "to") !== undefined;
		if (request.method === "NOTIFY") this.#subscriptions.notified(transaction);
		else if (inside) {
			if (!this.#calls.within(transaction, keyOfRequest(request))) transaction.respond(481);
		} else if (request.method === "INVITE") void this.#calls.answer(transaction);
		else if (request.method === "MESSAGE") this.#message(transaction);
		else if (request.method === "OPTIONS") transaction.respond(200, { headers: [["Allow", ALLOW]] });
		else if (request.method === "BYE") transaction.respond(481);
		else transaction.respond(405, { headers: [["Allow", ALLOW]] });
	}

	#message(transaction: ServerTransaction): void {
		const { request } = transaction;
		const from = address(request, "from")?.uri.text ?? "";
		for (const part of bodyParts(request)) this.messages.push({ from, text: part.octets.toString("utf8") });
		transaction.respond(200);
		this.changes.tell();
	}
}
