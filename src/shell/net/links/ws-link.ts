import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { WebSocket, WebSocketServer } from "ws";
import type { Endpoint } from "../../../core/model/flow.js";
import { localOf, remoteOf } from "../endpoint.js";
import { hostPort, type Link, type LinkOptions, type LinkServer, type Place, type Transport } from "./link.js";
import { clientIdentity, listening, serverIdentity } from "./stream-link.js";

const nothing = (): void => {};

/** A WebSocket connection: one message of the sub-protocol a WebSocket message (RFC 7118 §5, RFC 7977 §5.1). */
class WsLink implements Link {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	onData: (octets: Buffer) => void = nothing;
	onClose: () => void = nothing;
	readonly #socket: WebSocket;

	constructor(
		readonly transport: Transport,
		socket: WebSocket,
		request: Pick<IncomingMessage, "socket">,
	) {
		this.#socket = socket;
		this.local = localOf(request.socket);
		this.remote = remoteOf(request.socket);
		socket.on("message", (data: Buffer) => this.onData(data));
		socket.on("error", nothing);
		socket.on("close", () => this.onClose());
	}

	/** As text where it is UTF-8, which both RFCs prefer, else binary. */
	send(octets: Buffer): void {
		if (this.#socket.readyState !== WebSocket.OPEN) return;
		this.#socket.send(octets, { binary: !isUtf8(octets) });
	}

	end(): void {
		this.#socket.close(1000);
	}

	destroy(): void {
		this.#socket.terminate();
	}
}

/** Takes connections that offer the sub-protocol, refuses all others with 400. */
export async function listenWebSocket(place: Place, options: LinkOptions, onLink: (link: Link) => void): Promise<LinkServer> {
	const http = place.transport === "wss" ? createSecureServer(serverIdentity(options.tls)) : createServer();
	const wanted = options.subprotocol ?? "sip";
	const sockets = new WebSocketServer({
		server: http,
		handleProtocols: (offered) => (offered.has(wanted) ? wanted : false),
		verifyClient: ({ req }, answer) => {
			const offered = (req.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
			if (offered.includes(wanted)) answer(true);
			else answer(false, 400, `sub-protocol ${wanted} is required`);
		},
	});
	sockets.on("connection", (socket, request) => onLink(new WsLink(place.transport, socket, request)));
	const server = await listening(place, http);
	return {
		...server,
		close: async () => {
			for (const socket of sockets.clients) socket.terminate();
			sockets.close();
			await server.close();
		},
	};
}

export function connectWebSocket(place: Place, options: LinkOptions): Promise<Link> {
	return new Promise((resolve, reject) => {
		const url = `${place.transport}://${hostPort({ address: place.host, port: place.port })}/`;
		const socket = new WebSocket(url, options.subprotocol ?? "sip", {
			...clientIdentity(options.tls, place.host),
			handshakeTimeout: options.timeout ?? 5000,
			perMessageDeflate: false,
			...(options.localAddress === undefined ? {} : { localAddress: options.localAddress }),
		});
		let response: IncomingMessage | undefined;
		socket.on("upgrade", (message) => {
			response = message;
		});
		socket.once("error", reject);
		socket.once("open", () => {
			socket.off("error", reject);
			resolve(new WsLink(place.transport, socket, response!));
		});
	});
}
