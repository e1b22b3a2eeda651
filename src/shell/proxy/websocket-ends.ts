import { createServer, type IncomingHttpHeaders, type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { listOf } from "../../core/protocols/http-upgrade/index.js";

/** Limits.webSocketMessage */
const MOST = 16 << 20;
/** Headers that belong to one connection or are made anew (RFC 9110 §7.6.1, RFC 6455 §4.1). */
const OWN = /^(?:connection|upgrade|keep-alive|transfer-encoding|content-length|te|trailer|proxy-.*|sec-websocket-.*)$/;

/** A client that asks for WebSocket. */
export interface UpgradeAsked {
	request: IncomingMessage;
	socket: Duplex;
	head: Buffer;
	/** sub-protocols in its order */
	offered: string[];
	deflate: boolean;
}

/** What the target answered to an upgrade. */
export interface UpgradeAgreed {
	socket: WebSocket;
	protocol: string;
	deflate: boolean;
	/** Set-Cookie and other headers of the 101 that are for the client */
	headers: string[];
}

/** The target answered with something else than 101: that answer is the client's. */
export class UpgradeRefused extends Error {
	readonly response: IncomingMessage;

	constructor(response: IncomingMessage) {
		super(`the target answered the upgrade with ${response.statusCode}`);
		this.response = response;
	}
}

/**
 * Waits for the upgrade request on an HTTP connection; other requests are answered with 426, what is no HTTP with 400. Rejects then,
 * and when the client leaves.
 */
export function askedForUpgrade(socket: Socket): Promise<UpgradeAsked> {
	return new Promise((resolve, reject) => {
		const server = createServer(({ method }, response) => {
			response.writeHead(426, { upgrade: "websocket", connection: "close" });
			response.end("WebSocket only\n", () => reject(new Error(`the client sent a ${method} request that asks for no WebSocket`)));
		});
		const gone = (): void => reject(new Error("the client left before it asked for WebSocket"));
		socket.once("close", gone);
		server.on("clientError", ({ message }) => {
			reject(new Error(`the client sent what is no HTTP request (${message})`));
			socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
		});
		server.once("upgrade", (request, upgraded, head) => {
			socket.off("close", gone);
			const offered = listOf(request.headers["sec-websocket-protocol"]);
			const deflate = /\bpermessage-deflate\b/.test(request.headers["sec-websocket-extensions"] ?? "");
			resolve({ request, socket: upgraded, head, offered, deflate });
		});
		server.emit("connection", socket);
		// It was accepted, or secured, as a paused one.
		socket.resume();
	});
}

/** Answers the upgrade; the result is paused. Rejects when the request is not right (it was answered so) or the client leaves. */
export function acceptUpgrade(
	asked: UpgradeAsked,
	answer: { protocol: string; deflate: boolean; headers: readonly string[]; autoPong: boolean },
): Promise<WebSocket> {
	return new Promise((resolve, reject) => {
		const server = new WebSocketServer({
			noServer: true,
			clientTracking: false,
			autoPong: answer.autoPong,
			perMessageDeflate: answer.deflate,
			maxPayload: MOST,
			handleProtocols: () => (answer.protocol === "" ? false : answer.protocol),
		});
		server.on("headers", (headers) => void headers.push(...answer.headers));
		server.once("wsClientError", (error, socket) => {
			socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
			reject(error);
		});
		server.handleUpgrade(asked.request, asked.socket, asked.head, (socket) => {
			socket.pause();
			resolve(socket);
		});
	});
}

/** Asks a target for WebSocket over a connection that is open; the result is paused. Rejects with UpgradeRefused or why it failed. */
export function upgradeTarget(
	socket: Socket,
	asking: {
		host: string;
		path: string;
		protocols: string[];
		deflate: boolean;
		headers: Record<string, string | string[]>;
		autoPong: boolean;
		timeout: number;
	},
): Promise<UpgradeAgreed> {
	return new Promise((resolve, reject) => {
		const webSocket = new WebSocket(`ws://${asking.host}${asking.path}`, asking.protocols, {
			// TLS, where there is any, is in the socket already.
			createConnection: (() => socket) as never,
			headers: asking.headers,
			perMessageDeflate: asking.deflate,
			autoPong: asking.autoPong,
			maxPayload: MOST,
			handshakeTimeout: asking.timeout,
		});
		// It was connected as a paused one.
		socket.resume();
		let headers: string[] = [];
		webSocket.once("upgrade", (response) => {
			headers = passedOn(response.headers);
		});
		webSocket.once("unexpected-response", (_request, response) => reject(new UpgradeRefused(response)));
		webSocket.once("error", reject);
		webSocket.once("open", () => {
			webSocket.pause();
			webSocket.off("error", reject);
			resolve({ socket: webSocket, protocol: webSocket.protocol, deflate: webSocket.extensions.includes("permessage-deflate"), headers });
		});
	});
}

/** Headers of an upgrade request that are carried over: path and query are not among them, cookies and Origin are. */
export function carriedOver(headers: IncomingHttpHeaders): Record<string, string | string[]> {
	const carried: Record<string, string | string[]> = {};
	for (const [name, value] of Object.entries(headers)) if (value !== undefined && !OWN.test(name)) carried[name] = value;
	return carried;
}

/** Gives the target's refusal to the client, whole, and ends the connection. */
export function refuseAs(response: IncomingMessage, client: Duplex): void {
	const status = response.statusCode ?? 502;
	const lines = [
		`HTTP/1.1 ${status} ${response.statusMessage || STATUS_CODES[status] || ""}`,
		...passedOn(response.headers),
		"Connection: close",
	];
	client.write(`${lines.join("\r\n")}\r\n\r\n`);
	response.pipe(client);
}

function passedOn(headers: IncomingHttpHeaders): string[] {
	return Object.entries(carriedOver(headers)).flatMap(([name, value]) =>
		(Array.isArray(value) ? value : [value]).map((one) => `${name}: ${one}`),
	);
}
