import { isUtf8 } from "node:buffer";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { WebSocket, WebSocketServer } from "ws";
import { escapeTerminal } from "../../../core/export/escape.js";
import type { Endpoint } from "../../../core/model/flow.js";
import { localOf, remoteOf } from "../endpoint.js";
import { type Link, type LinkOptions, type LinkServer, type Place, placeText, type Transport } from "./link.js";
import { CONNECT_TIMEOUT, clientIdentity, listening, serverIdentity } from "./stream-link.js";

const nothing = (): void => {};

/** A WebSocket connection: one message of the sub-protocol a WebSocket message (RFC 7118 §5, RFC 7977 §5.1). */
class WsLink implements Link {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly subprotocol: string;
	onData: (octets: Buffer) => void = nothing;
	onClose: () => void = nothing;
	readonly #socket: WebSocket;

	constructor(
		readonly transport: Transport,
		socket: WebSocket,
		request: Pick<IncomingMessage, "socket">,
	) {
		this.#socket = socket;
		this.subprotocol = socket.protocol;
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

/** Takes connections that offer one of the sub-protocols, refuses all others with 400. */
export async function listenWebSocket(place: Place, options: LinkOptions, onLink: (link: Link) => void): Promise<LinkServer> {
	const http = place.transport === "wss" ? createSecureServer(serverIdentity(options.tls)) : createServer();
	http.on("tlsClientError", (error: Error) => options.onRefused?.(`TLS handshake: ${error.message}`));
	const { subprotocols: wanted = ["sip"] } = options;
	const sockets = new WebSocketServer({
		server: http,
		handleProtocols: (offered) => wanted.find((one) => offered.has(one)) ?? false,
		verifyClient: ({ req }, answer) => {
			const offered = (req.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
			if (wanted.length === 0 || wanted.some((one) => offered.includes(one))) {
				answer(true);
				return;
			}
			const why = `sub-protocol ${wanted.join(" or ")} is required`;
			options.onRefused?.(`WebSocket: ${why}, the client offers ${escapeTerminal(offered.join(", ")) || "none"}`);
			answer(false, 400, why);
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
		const { subprotocols = ["sip"], origin, timeout = CONNECT_TIMEOUT } = options;
		const socket = new WebSocket(placeText({ ...place, path: place.path ?? "/" }), [...subprotocols], {
			...clientIdentity(options.tls, place.host),
			handshakeTimeout: timeout,
			...(origin === undefined ? {} : { origin }),
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
