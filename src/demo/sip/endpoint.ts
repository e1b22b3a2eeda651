import { decodeSipDatagram, SipStreamDecoder, tag } from "../../core/protocols/sip/index.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";
import { hostPort, isStream, type Link } from "../../shell/net/links/link.js";
import type { Ids } from "../wire/ids.js";
import { type Body, type HeaderRow, sipRequest } from "../wire/sip.js";
import { ClientTransaction, responseKey } from "./client-transaction.js";
import type { Dialog } from "./dialog.js";
import { requestKey, ServerTransaction } from "./server-transaction.js";
import type { SipTimers } from "./timers.js";

export interface EndpointOptions {
	ids: Ids;
	timers: SipTimers;
	/** User-Agent of requests, Server of responses */
	product: string;
	/** which of the two a request and a response carry */
	role: "client" | "server";
	/** a new request, ACK and CANCEL excepted */
	onRequest(transaction: ServerTransaction): void;
	/** a link is gone */
	onClosed(link: Link): void;
}

export interface Outcome {
	/** undefined: no answer */
	response: SipMessage | undefined;
	status: number;
}

/** SIP over any number of links: framing, transactions, CRLF keep-alives. Knows nothing of calls. */
export class SipEndpoint {
	readonly options: EndpointOptions;
	readonly links = new Set<Link>();
	readonly #client = new Map<string, ClientTransaction>();
	readonly #server = new Map<string, ServerTransaction>();
	/** 2xx to INVITE that wait for their ACK, which is a transaction of its own, by Call-ID, tags and CSeq number */
	readonly #accepted = new Map<string, ServerTransaction>();

	constructor(options: EndpointOptions) {
		this.options = options;
	}

	attach(link: Link): void {
		this.links.add(link);
		const receive = (message: SipMessage): void => this.#receive(link, message.retain());
		if (isStream(link.transport)) {
			const decoder = new SipStreamDecoder({
				message: receive,
				keepalive: () => {},
				skipped: () => {},
				problem: () => {},
			});
			link.onData = (octets) => {
				// The decoder tells of a run when it is over, the pong is due at once (RFC 5626 §3.5.1).
				if (isPing(octets)) link.send(PONG);
				decoder.feed(octets, 0, octets.length);
			};
		} else {
			const carrier = link.transport === "udp" ? "udp" : link.transport === "wss" ? "wss" : "ws";
			link.onData = (octets) => {
				const message = decodeSipDatagram(octets, 0, octets.length, carrier);
				if (message !== undefined) receive(message);
				else if (isPing(octets)) link.send(PONG);
			};
		}
		link.onClose = () => {
			this.links.delete(link);
			for (const transaction of [...this.#client.values()]) if (transaction.link === link) transaction.close();
			this.options.onClosed(link);
		};
	}

	/** Sends a request; `headers` without Via, Max-Forwards and User-Agent. `onResponse` sees every response. */
	send(
		link: Link,
		method: string,
		uri: string,
		headers: readonly HeaderRow[],
		body: Body | undefined,
		onResponse: (message: SipMessage | undefined) => void,
	): ClientTransaction {
		const { via, octets } = this.#make(link, method, uri, headers, body);
		const key = `${branchOf(via)} ${method}`;
		const transaction = new ClientTransaction(
			link,
			method,
			uri,
			octets,
			via,
			this.options.timers,
			{ response: onResponse, failed: () => onResponse(undefined) },
			() => this.#client.delete(key),
		);
		this.#client.set(key, transaction);
		// A link that is gone carries no answer either; its owner hears of it as of any other failure, not inside this call.
		if (!this.links.has(link)) setImmediate(() => transaction.close());
		return transaction;
	}

	/** Sends a request and waits for its final response. */
	ask(link: Link, method: string, uri: string, headers: readonly HeaderRow[], body?: Body): Promise<Outcome> {
		return new Promise((resolve) => {
			this.send(link, method, uri, headers, body, (response) => {
				if (response === undefined || response.status >= 200) resolve({ response, status: response?.status ?? 0 });
			});
		});
	}

	/** A request inside a dialog. */
	within(dialog: Dialog, method: string, headers: readonly HeaderRow[] = [], body?: Body): Promise<Outcome> {
		return this.ask(dialog.link, method, dialog.target, [...dialog.headers(method), ...headers], body);
	}

	/** ACK of a 2xx: a transaction of its own without response (RFC 3261 §13.2.2.4). Gives its octets, to be sent again. */
	acknowledge(dialog: Dialog, invite: number): Buffer {
		const { octets } = this.#make(dialog.link, "ACK", dialog.target, dialog.headers("ACK", invite), undefined);
		dialog.link.send(octets);
		return octets;
	}

	/** CANCEL for an INVITE without final response (RFC 3261 §9.1). */
	cancel(transaction: ClientTransaction, headers: readonly HeaderRow[]): void {
		if (transaction.final) return;
		const octets = sipRequest("CANCEL", transaction.uri, [["Via", transaction.via], ["Max-Forwards", "70"], ...headers]);
		const key = `${branchOf(transaction.via)} CANCEL`;
		const cancelling = new ClientTransaction(
			transaction.link,
			"CANCEL",
			transaction.uri,
			octets,
			transaction.via,
			this.options.timers,
			{ response: () => {}, failed: () => {} },
			() => this.#client.delete(key),
		);
		this.#client.set(key, cancelling);
	}

	/** Lets go of everything; links are closed in order. */
	close(): void {
		for (const transaction of [...this.#client.values()]) transaction.close();
		for (const transaction of [...this.#server.values(), ...this.#accepted.values()]) transaction.close();
		for (const link of [...this.links]) link.end();
	}

	#make(link: Link, method: string, uri: string, headers: readonly HeaderRow[], body: Body | undefined): { via: string; octets: Buffer } {
		const { ids, product, role } = this.options;
		const sentBy = link.transport === "ws" || link.transport === "wss" ? `${ids.token(12)}.invalid` : hostPort(link.local);
		// Streams need no rport: the answer takes the connection that the request came on (RFC 3261 §18.2.2, RFC 3581 §3).
		const rport = link.transport === "udp" ? ";rport" : "";
		const via = `SIP/2.0/${link.transport.toUpperCase()} ${sentBy};branch=z9hG4bK${ids.token(12)}${rport}`;
		const rows: HeaderRow[] = [["Via", via], ["Max-Forwards", "70"], ...headers, [role === "client" ? "User-Agent" : "Server", product]];
		return { via, octets: sipRequest(method, uri, rows, body) };
	}

	#receive(link: Link, message: SipMessage): void {
		if (message.kind === "response") {
			const key = responseKey(message);
			if (key !== undefined) this.#client.get(key)?.receive(message);
		} else if (message.method === "ACK") this.#ack(message);
		else this.#request(link, message);
	}

	#ack(message: SipMessage): void {
		const key = requestKey(message);
		const refused = key === undefined ? undefined : this.#server.get(key);
		(refused ?? this.#accepted.get(acceptedKey(message)))?.acknowledged(message);
	}

	#request(link: Link, message: SipMessage): void {
		const key = requestKey(message);
		const known = key === undefined ? undefined : this.#server.get(key);
		if (known !== undefined) {
			known.repeated();
			return;
		}
		const { ids, timers, product, role } = this.options;
		const headers: HeaderRow[] = [[role === "client" ? "User-Agent" : "Server", product]];
		const id = key ?? `- ${ids.token(8)}`;
		const accepted = acceptedKey(message);
		const transaction = new ServerTransaction(link, message, tag(message, "to") ?? ids.token(10), timers, headers, () => {
			this.#server.delete(id);
			if (this.#accepted.get(accepted) === transaction) this.#accepted.delete(accepted);
		});
		this.#server.set(id, transaction);
		const fault = faultOf(message);
		if (fault !== undefined) {
			transaction.respond(400, { reason: fault });
			return;
		}
		if (message.method === "CANCEL") {
			this.#cancelled(message, transaction, key);
			return;
		}
		if (message.method === "INVITE") this.#accepted.set(accepted, transaction);
		this.options.onRequest(transaction);
	}

	#cancelled(message: SipMessage, transaction: ServerTransaction, key: string | undefined): void {
		const invite = key === undefined ? undefined : this.#server.get(key.replace(/CANCEL$/, "INVITE"));
		transaction.respond(invite === undefined || invite.request.get("call-id") !== message.get("call-id") ? 481 : 200);
		invite?.cancel();
	}
}

const PONG = Buffer.from("\r\n");

function isPing(octets: Buffer): boolean {
	return octets.length === 4 && octets.toString("latin1") === "\r\n\r\n";
}

/** Reason of a 400, when a request lacks what every request must have (RFC 3261 §8.1.1). */
function faultOf(message: SipMessage): string | undefined {
	if (!message.complete) return "Incomplete message";
	for (const [key, name] of NEEDED) if (message.get(key) === undefined) return `Missing ${name}`;
	const number = /^(\d+)\s+(\S+)$/.exec(message.get("cseq") ?? "");
	if (number === null || number[2] !== message.method) return "Bad CSeq";
	return undefined;
}

const NEEDED = [
	["via", "Via"],
	["from", "From"],
	["to", "To"],
	["call-id", "Call-ID"],
	["cseq", "CSeq"],
] as const;

function acceptedKey(message: SipMessage): string {
	return `${message.get("call-id")} ${tag(message, "from")} ${Number.parseInt(message.get("cseq") ?? "0", 10)}`;
}

function branchOf(via: string): string {
	return /;branch=([^;]+)/.exec(via)?.[1] ?? "";
}
