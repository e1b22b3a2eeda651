import type { Limits } from "../../model/limits.js";
import type { Moment } from "../../model/time.js";
import type { DecodedMsrpFrame } from "../../protocols/msrp/frame.js";
import type { MsrpFrame } from "../../protocols/msrp/types.js";
import type { FramerSink } from "../../relay/framer.js";
import { MsrpFramer } from "../../relay/msrp-framer.js";
import { isBefore, later } from "../../relay/time.js";
import { FifoMap } from "../../session/bounded.js";
import { msrpKey } from "../../session/msrp-uri.js";
import { type Failed, failureReport, response } from "../responses.js";
import { Chunks } from "./chunks.js";
import type { MsrpRelay, Route } from "./relay.js";
import type { RelayLink } from "./types.js";

/** Seconds until a request that was sent on counts as lost (RFC 4976 §6.3). */
const TIMEOUT = 30;
/** Requests of one connection whose answer is awaited; more are not watched. */
const MOST = 4096;

/** A request that was sent on over this connection. */
interface Sent {
	origin: RelayPeer;
	due: Moment;
	/** told to whoever sent it, when it fails */
	failed: Failed | undefined;
	/** the answer goes back the whole path, under the id that the request came with: AUTH (RFC 4976 §5.1) */
	answer: string | undefined;
}

/** The request that is coming in. */
interface Coming {
	chunks: Chunks | undefined;
	/** to be sent back when its end has come */
	answer: Buffer | undefined;
}

const COMMENTS: Readonly<Record<number, string>> = { 200: "OK", 400: "Bad Request", 481: "No such session" };

/** One connection of the relay, to a client, another relay, or the far end of a session. */
export class RelayPeer implements FramerSink {
	link!: RelayLink;
	readonly #relay: MsrpRelay;
	readonly #framer: MsrpFramer;
	/** by the id that it went on with */
	readonly #sent = new Map<string, Sent>();
	/** whose requests came in for the client of this connection: where what is sent to them goes */
	readonly #known = new FifoMap<string, RelayPeer>(1024);
	/** connections that wait until this one has been drained */
	readonly #blocked = new Set<RelayPeer>();
	#coming: Coming | undefined;
	#silentUntil: Moment | undefined;
	#open = true;

	/** `silentUntil`: closed when no request has come by then */
	constructor(relay: MsrpRelay, limits: Limits, silentUntil: Moment | undefined) {
		this.#relay = relay;
		this.#framer = new MsrpFramer(this, limits, false);
		this.#silentUntil = silentUntil;
	}

	feed(octets: Buffer): void {
		this.#framer.feed(octets, 0, octets.length);
	}

	/** The other end has taken what was written. */
	drained(): void {
		for (const peer of this.#blocked) peer.link.resume();
		this.#blocked.clear();
	}

	/** The session at that URI is reached over that connection, as long as it is open. */
	remember(uri: string, peer: RelayPeer): void {
		const key = keyOf(uri);
		if (this.known(uri) === undefined) this.#known.set(key, peer);
	}

	known(uri: string): RelayPeer | undefined {
		const peer = this.#known.get(keyOf(uri));
		if (peer === undefined) return undefined;
		return peer.#open ? peer : undefined;
	}

	/** The connection is over: what went out over it without an answer is lost. */
	over(): void {
		this.#open = false;
		this.drained();
		for (const sent of this.#sent.values()) sent.origin.#fail(sent, 408, "the next hop is gone");
		this.#sent.clear();
	}

	advance(now: Moment): void {
		if (this.#silentUntil !== undefined && isBefore(this.#silentUntil, now)) this.link.end();
		for (const [id, sent] of this.#sent) {
			if (isBefore(now, sent.due)) break;
			this.#sent.delete(id);
			sent.origin.#fail(sent, 408, "no answer from the next hop");
		}
	}

	head(frame: DecodedMsrpFrame, buf: Buffer, start: number, end: number): void {
		if (frame.toPath.length === 0 || frame.fromPath.length === 0) this.#coming = { chunks: undefined, answer: undefined };
		else if (frame.kind === "response") {
			this.#coming = undefined;
			this.#answered(frame);
		} else {
			this.#silentUntil = undefined;
			this.#coming = this.#begin(frame, buf.subarray(start, end));
		}
		if (frame.bodyOffset < 0) this.#finish(frame.flag);
	}

	body(buf: Buffer, start: number, end: number): void {
		this.#coming?.chunks?.body(buf.subarray(start, end));
	}

	tail(buf: Buffer, start: number, end: number): void {
		this.#finish(buf.toString("latin1", start, end).trimEnd().slice(-1));
	}

	/** What is no MSRP has no place in a relay. */
	raw(): void {}
	sip(): void {}
	whole(): void {}

	#finish(flag: string): void {
		const coming = this.#coming;
		this.#coming = undefined;
		coming?.chunks?.end(flag);
		if (coming?.answer !== undefined) this.#write(coming.answer);
	}

	#begin(frame: MsrpFrame, head: Buffer): Coming {
		const { method, fromPath, toPath } = frame;
		if (method === "AUTH" && toPath.length === 1) return { chunks: undefined, answer: this.#relay.authorise(this, frame) };
		const failure = (frame.get("failure-report") ?? "yes").toLowerCase();
		const asksAnswer = method !== "REPORT" && (method !== "SEND" || failure !== "no");
		const back = method === "SEND" ? fromPath[0]! : fromPath.join(" ");
		const answer = (status: number): Buffer => response(frame, status, COMMENTS[status]!, back, toPath[0]!);
		const route = frame.byteRange === null ? 400 : this.#relay.route(this, frame);
		if (typeof route !== "object") {
			return { chunks: undefined, answer: route === undefined || !asksAnswer ? undefined : answer(route) };
		}
		const told = method === "SEND" && failure !== "no" && frame.messageId !== undefined;
		const { transactionId, messageId } = frame;
		const chunks = new Chunks(frame, head, {
			toPath: route.toPath,
			fromPath: route.fromPath,
			newId: (octets) => this.#relay.newId(octets),
			send: (id, range, octets) => {
				const failed = told ? { toPath: fromPath.join(" "), fromPath: route.own, messageId: messageId!, range } : undefined;
				this.#send(route, id, octets, failed, method === "SEND" || method === "REPORT" ? undefined : transactionId);
			},
		});
		return { chunks, answer: method === "SEND" && failure === "yes" ? answer(200) : undefined };
	}

	#send({ peer }: Route, id: string, octets: Buffer, failed: Failed | undefined, answer: string | undefined): void {
		const due = later(this.#relay.now, TIMEOUT);
		const sent: Sent = { origin: this, due, failed, answer };
		if (!peer.#open) this.#fail(sent, 408, "the next hop is gone");
		else {
			if ((failed !== undefined || answer !== undefined) && peer.#sent.size < MOST) peer.#sent.set(id, sent);
			if (!peer.link.write(octets) && peer !== this) {
				this.link.pause();
				peer.#blocked.add(this);
			}
		}
	}

	/** An answer of the next hop: that to SEND ends here, others go back. */
	#answered(frame: MsrpFrame): void {
		const sent = this.#sent.get(frame.transactionId);
		if (sent === undefined) return;
		this.#sent.delete(frame.transactionId);
		if (sent.answer !== undefined) sent.origin.#write(goingBack(frame, sent.answer));
		else if (frame.status >= 300) sent.origin.#fail(sent, frame.status, frame.comment);
	}

	#fail({ failed }: Sent, status: number, comment: string): void {
		if (failed !== undefined) this.#write(failureReport(this.#relay.newId(Buffer.alloc(0)), failed, status, comment));
	}

	#write(octets: Buffer): void {
		if (this.#open) this.link.write(octets);
	}
}

/** A response that goes the whole path: the relay moves from To-Path to From-Path as in a request. */
function goingBack(frame: MsrpFrame, id: string): Buffer {
	const [own, ...to] = frame.toPath;
	const rows = frame.headers
		.filter(({ key }) => key !== "to-path" && key !== "from-path")
		.map(({ name, value }) => `${name}: ${value}\r\n`);
	const comment = frame.comment === "" ? "" : ` ${frame.comment}`;
	const paths = `To-Path: ${to.join(" ")}\r\nFrom-Path: ${[own, ...frame.fromPath].join(" ")}\r\n`;
	return Buffer.from(`MSRP ${id} ${frame.status}${comment}\r\n${paths}${rows.join("")}-------${id}$\r\n`);
}

/** Under which a session URI is found, however it is written. */
function keyOf(uri: string): string {
	return msrpKey(uri)?.key ?? uri;
}
