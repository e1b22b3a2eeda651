import type { MsrpFrame, MsrpMessage } from "../../core/protocols/msrp/types.js";
import type { Ids } from "../wire/ids.js";
import { CHUNK, collides, msrpRequest, msrpResponse, msrpSend, statusComment } from "../wire/msrp.js";
import type { HeaderRow } from "../wire/sip.js";
import type { MsrpConnection } from "./connection.js";

export interface Outgoing {
	contentType: string;
	octets: Buffer;
	successReport?: boolean | undefined;
	failureReport?: "no" | "partial" | undefined;
	/** octets a chunk; default 2048 */
	chunk?: number | undefined;
	headers?: readonly HeaderRow[];
	messageId?: string;
}

/** What became of a message that we sent: `status` of its last transaction, 408 without answer, 0 when the connection was lost. */
export interface Sent {
	messageId: string;
	status: number;
}

export interface SessionHandlers {
	/**
	 * A chunk with content: what to answer. `completed`: it made the message whole. Called before the response is sent;
	 * `answered` of the result is called after it.
	 */
	chunk(frame: MsrpFrame, message: MsrpMessage, completed: boolean): { status: number; answered?: () => void };
	/** a SEND without content: the peer is there */
	bodiless(): void;
	report(frame: MsrpFrame): void;
	/** what to answer to NICKNAME (RFC 7701 §7) */
	nickname(frame: MsrpFrame): number;
	/** a connection was bound to the session */
	bound(): void;
	/** its connection is gone */
	lost(): void;
}

/** One MSRP session (RFC 4975 §5): own path, peer's path and, once there is one, the connection. */
export class MsrpSession {
	handlers: SessionHandlers | undefined;
	/** the peer's a=path, as To-Path is written */
	remotePath = "";
	readonly #ids: Ids;
	#connection: MsrpConnection | undefined;

	constructor(
		readonly localPath: string,
		ids: Ids,
	) {
		this.#ids = ids;
	}

	get connection(): MsrpConnection | undefined {
		return this.#connection;
	}

	/** Ties the session to a connection; false when it has another one already (RFC 4975 §7.3: 506). */
	bind(connection: MsrpConnection): boolean {
		if (this.#connection === connection) return true;
		if (this.#connection?.open === true) return false;
		this.#connection = connection;
		this.handlers?.bound();
		return true;
	}

	unbind(connection: MsrpConnection): void {
		if (this.#connection !== connection) return;
		this.#connection = undefined;
		this.handlers?.lost();
	}

	/** The first request of the side that connects (RFC 4975 §5.4); its status. */
	hello(): Promise<number> {
		const tid = this.#tid(undefined);
		return this.#ask(tid, msrpRequest(tid, "SEND", this.remotePath, this.localPath, [["Message-ID", this.#ids.token(12)]]));
	}

	/** Sends a message in chunks, each after the answer to the one before; stops at the first refusal. */
	async send(message: Outgoing): Promise<Sent> {
		const { octets } = message;
		const messageId = message.messageId ?? this.#ids.token(16);
		const size = message.chunk ?? CHUNK;
		let status = 200;
		let from = 0;
		do {
			const to = Math.min(octets.length, from + size);
			status = await this.sendChunk(
				{ ...message, messageId },
				octets.subarray(from, to),
				from + 1,
				octets.length,
				to === octets.length ? "$" : "+",
			);
			from = to;
		} while (status === 200 && from < octets.length);
		return { messageId, status };
	}

	/** One chunk; its status, 200 at once where no answer is asked for. */
	sendChunk(
		message: Omit<Outgoing, "octets"> & { messageId: string },
		octets: Buffer,
		start: number,
		total: number | undefined,
		flag: "$" | "+" | "#",
	): Promise<number> {
		const tid = this.#tid(octets);
		const wire = msrpSend({
			tid,
			toPath: this.remotePath,
			fromPath: this.localPath,
			messageId: message.messageId,
			start,
			total,
			flag,
			contentType: message.contentType,
			octets,
			successReport: message.successReport,
			failureReport: message.failureReport,
			...(message.headers === undefined ? {} : { headers: message.headers }),
		});
		if (message.failureReport === undefined) return this.#ask(tid, wire);
		this.#connection?.send(wire);
		return Promise.resolve(this.#connection === undefined ? 0 : 200);
	}

	/** Success REPORT for the octets [1, total] (RFC 4975 §7.1.2); never answered. */
	report(messageId: string, total: number | bigint, status = 200): void {
		const tid = this.#tid(undefined);
		const wire = msrpRequest(tid, "REPORT", this.remotePath, this.localPath, [
			["Message-ID", messageId],
			["Byte-Range", `1-${total}/${total}`],
			["Status", `000 ${status} ${statusComment(status)}`],
		]);
		this.#connection?.send(wire);
	}

	/** RFC 7701 §7.1; its status. */
	nickname(name: string): Promise<number> {
		const tid = this.#tid(undefined);
		const quoted = `"${name.replace(/["\\]/g, "\\$&")}"`;
		return this.#ask(tid, msrpRequest(tid, "NICKNAME", this.remotePath, this.localPath, [["Use-Nickname", quoted]]));
	}

	/** A request for this session: answers it and hands it on. */
	receive(frame: MsrpFrame, connection: MsrpConnection): void {
		switch (frame.method) {
			case "SEND":
				this.#send(frame, connection);
				break;
			case "REPORT":
				this.handlers?.report(frame);
				break;
			case "NICKNAME":
				answer(connection, frame, this.localPath, this.handlers?.nickname(frame) ?? 501);
				break;
			default:
				answer(connection, frame, this.localPath, 501);
		}
	}

	#send(frame: MsrpFrame, connection: MsrpConnection): void {
		if (frame.bodyOffset < 0) {
			respond(connection, frame, this.localPath, 200);
			this.handlers?.bodiless();
			return;
		}
		const assembly = connection.assembler.add(frame);
		if (assembly === undefined || this.handlers === undefined) {
			respond(connection, frame, this.localPath, 400);
			return;
		}
		const { status, answered } = this.handlers.chunk(frame, assembly.message, assembly.completed);
		respond(connection, frame, this.localPath, status);
		answered?.();
	}

	#ask(tid: string, octets: Buffer): Promise<number> {
		return this.#connection === undefined ? Promise.resolve(0) : this.#connection.request(tid, octets);
	}

	/** A transaction id whose end-line does not stand in the body. */
	#tid(body: Buffer | undefined): string {
		let tid = this.#ids.token(10);
		while (body !== undefined && collides(body, tid)) tid = this.#ids.token(10);
		return tid;
	}
}

/** Answers a SEND as its Failure-Report asks (RFC 4975 §7.1.1, §7.2). */
function respond(connection: MsrpConnection, frame: MsrpFrame, localPath: string, status: number): void {
	const wanted = (frame.get("failure-report") ?? "yes").toLowerCase();
	if (wanted === "no" || (wanted === "partial" && status === 200)) return;
	answer(connection, frame, localPath, status);
}

/** RFC 4975 §7.2: a SEND is answered to the last hop, everything else to the whole path. */
export function answer(connection: MsrpConnection, frame: MsrpFrame, localPath: string, status: number): void {
	const to = frame.method === "SEND" ? (frame.fromPath[0] ?? "") : frame.fromPath.join(" ");
	connection.send(msrpResponse(frame.transactionId, status, statusComment(status), to, localPath));
}
