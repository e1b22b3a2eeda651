import { isUtf8 } from "node:buffer";
import type { Socket } from "node:net";
import { WebSocket } from "ws";
import type { Endpoint } from "../../core/model/flow.js";
import type { Carriage } from "../../core/relay/types.js";
import type { Channel, ChannelHandler, CloseReason } from "./channel.js";
import { resetNow } from "./reset.js";

/** Octets waiting beyond which the source is stopped, and below which it goes on. */
const HIGH = 256 << 10;
const LOW = 64 << 10;
/** RFC 6455 §7.4.1: codes that stand for "there was none" and "it broke", which are never sent */
const NO_STATUS = 1005;
const ABNORMAL = 1006;
const NORMAL = 1000;

export interface WebSocketAddresses {
	local: Endpoint;
	remote: Endpoint;
}

/**
 * A WebSocket connection that ends here. It must be paused. `controls`: pings and pongs are passed on to whoever is on the other side,
 * and answered by them; else they are answered here.
 */
export class WebSocketChannel implements Channel {
	readonly messages = true;
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly #socket: WebSocket;
	readonly #raw: Socket;
	readonly #below: Socket;
	readonly #controls: boolean;
	/** this end is the client, whose frames are masked */
	readonly #masks: boolean;
	#handler: ChannelHandler | undefined;
	#error: Error | undefined;
	#behind = false;

	/** `below`: what carries the frames, TLS or TCP; `raw`: the TCP connection */
	constructor(socket: WebSocket, below: Socket, raw: Socket, addresses: WebSocketAddresses, controls: boolean) {
		this.#socket = socket;
		this.#below = below;
		this.#raw = raw;
		this.local = addresses.local;
		this.remote = addresses.remote;
		this.#controls = controls;
		// Only a client knows a URL.
		this.#masks = typeof socket.url === "string";
		socket.on("error", (error) => {
			this.#error ??= error;
		});
	}

	get pending(): number {
		return this.#socket.bufferedAmount;
	}

	start(handler: ChannelHandler): void {
		const socket = this.#socket;
		this.#handler = handler;
		const closed = (code: number, reason: Buffer): void => {
			if (code === ABNORMAL) handler.closed(this.#error ?? new Error("the WebSocket connection broke"));
			else {
				handler.end({ code, reason });
				handler.closed(undefined);
			}
		};
		if (socket.readyState === WebSocket.CLOSED) {
			process.nextTick(() => handler.closed(this.#error ?? new Error("the WebSocket connection broke")));
			return;
		}
		socket.on("message", (data, binary) => void handler.data(data as Buffer, binary));
		if (this.#controls) {
			socket.on("ping", (payload) => handler.control?.("ping", payload));
			socket.on("pong", (payload) => handler.control?.("pong", payload));
		}
		socket.once("close", closed);
		socket.resume();
	}

	/** Text only where it is text: RFC 6455 §8.1 forbids anything else in a text message. `binary` undefined: text where it can be. */
	write(octets: Buffer, binary?: boolean, as: Carriage = {}): boolean {
		const socket = this.#socket;
		if (socket.readyState !== WebSocket.OPEN) return true;
		const options = {
			binary: as.text !== true && (binary === true || !isUtf8(octets)),
			...(as.wrongMask === true ? { mask: !this.#masks } : {}),
		};
		let at = 0;
		for (const size of as.fragments ?? []) {
			if (at + size >= octets.length) break;
			socket.send(octets.subarray(at, at + size), { ...options, fin: false });
			at += size;
		}
		socket.send(at === 0 ? octets : octets.subarray(at), options, () => this.#sent());
		if (socket.bufferedAmount > HIGH) this.#behind = true;
		return !this.#behind;
	}

	control(kind: "ping" | "pong", payload: Buffer): void {
		if (this.#socket.readyState === WebSocket.OPEN) this.#socket[kind](payload);
	}

	pause(): void {
		this.#socket.pause();
	}

	resume(): void {
		this.#socket.resume();
	}

	end(reason?: CloseReason): void {
		if (reason === undefined) this.#socket.close(NORMAL);
		else if (reason.code === NO_STATUS) this.#socket.close();
		else this.#socket.close(reason.code, reason.reason);
	}

	reset(): void {
		resetNow(this.#raw, this.#below);
		this.#socket.terminate();
	}

	#sent(): void {
		if (!this.#behind || this.#socket.bufferedAmount > LOW) return;
		this.#behind = false;
		this.#handler?.drain();
	}
}
