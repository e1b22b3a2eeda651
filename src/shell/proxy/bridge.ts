import type { Socket } from "node:net";
import { detect } from "../../core/pipeline/detect.js";
import type { Channel } from "../net/channel.js";
import { CutChannel } from "../net/cut-channel.js";
import { peek } from "../net/peek.js";
import { WebSocketChannel } from "../net/websocket-channel.js";
import type { Caller } from "./caller.js";
import type { Leg } from "./context.js";
import { clientStream, type Ends, giveBack, serverLeg, serverStream } from "./ends.js";
import { hostPort, secure, type Target, webSocket } from "./hop.js";
import { reachUdp } from "./reach.js";
import { ClientFailure } from "./visit.js";
import {
	acceptUpgrade,
	askedForUpgrade,
	carriedOver,
	refuseAs,
	type UpgradeAgreed,
	type UpgradeAsked,
	UpgradeRefused,
	upgradeTarget,
} from "./websocket-ends.js";

const LOOK = 2 << 10;
/** setTimeout takes no more: a client may be silent for as long as it likes */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The client speaks WebSocket, and that ends here: the target speaks something else, or messages are to be changed. */
export async function bridgeFromWebSocket(ends: Ends): Promise<void> {
	const { visit, client, clientSecure, scheme } = ends;
	const asked = await visit.client(askedForUpgrade(client), "WebSocket");
	const clientLeg = visit.leg(clientSecure ? "wss" : "ws");
	const asClient = (socket: import("ws").WebSocket, controls: boolean): WebSocketChannel =>
		new WebSocketChannel(socket, client, visit.socket, { local: visit.b, remote: visit.a }, controls);
	if (webSocket(scheme)) {
		const agreed = await asTheClientAsked(ends, asked);
		if (agreed === undefined) return;
		const socket = await visit.client(acceptUpgrade(asked, { ...agreed, autoPong: false }), "WebSocket");
		const leg = webSocketLeg(ends);
		const server = new WebSocketChannel(agreed.socket, ends.server!, ends.connected!.socket, { local: leg.a, remote: leg.b }, true);
		visit.join(asClient(socket, true), server, { client: clientLeg, server: leg }, note(asked.request.url ?? "/", agreed.protocol));
		return;
	}
	const wanted = visit.service.hop.options.subprotocol;
	const protocol = asked.offered.find((one) => (wanted === undefined ? one === "sip" || one === "msrp" : one === wanted)) ?? "";
	const [server, leg] = await messagesTo(ends);
	const answer = { protocol, deflate: asked.deflate, headers: [], autoPong: true };
	const socket = await visit.client(acceptUpgrade(asked, answer), "WebSocket");
	visit.join(asClient(socket, false), server, { client: clientLeg, server: leg }, note(asked.request.url ?? "/", protocol));
}

/** The client speaks TCP or TLS, the target WebSocket: one message of the one is one of the other. */
export async function bridgeToWebSocket(ends: Ends): Promise<void> {
	const { visit, client, clientSecure, target } = ends;
	const protocol = visit.service.hop.options.subprotocol ?? (await spokenBy(ends));
	const leg = webSocketLeg(ends);
	const agreed = await askTarget(visit, ends.server!, target, protocol);
	const server = new WebSocketChannel(agreed.socket, ends.server!, ends.connected!.socket, { local: leg.a, remote: leg.b }, false);
	const legs = { client: visit.leg(clientSecure ? "tls" : undefined), server: leg };
	visit.join(new CutChannel(clientStream({ ...ends, client })), server, legs, note(agreed.path, agreed.protocol));
}

/** Asks a WebSocket target on behalf of a client that does not speak it. */
export async function askTarget(
	{ service, context }: Caller,
	socket: Socket,
	target: Target,
	protocol: string,
): Promise<UpgradeAgreed & { path: string }> {
	const path = service.hop.options.path ?? "/";
	const agreed = await upgradeTarget(socket, {
		host: hostPort(target.host, target.port),
		path,
		protocols: [protocol],
		deflate: false,
		headers: {},
		autoPong: true,
		timeout: context.options.connectTimeout,
	});
	return { ...agreed, path };
}

/** Asks the target for what the client asks for; undefined: it refused, and the client was told in its words. */
async function asTheClientAsked({ visit, server, target }: Ends, asked: UpgradeAsked): Promise<UpgradeAgreed | undefined> {
	const { request, offered, deflate, socket } = asked;
	try {
		return await upgradeTarget(server!, {
			host: hostPort(target.host, target.port),
			path: request.url ?? "/",
			protocols: offered,
			deflate,
			headers: carriedOver(request.headers),
			autoPong: false,
			timeout: visit.context.options.connectTimeout,
		});
	} catch (error) {
		if (!(error instanceof UpgradeRefused)) throw error;
		refuseAs(error.response, socket);
		const flow = visit.context.flow(visit.service.hop, "client", visit.leg(visit.service.hop.listen.scheme === "wss" ? "wss" : "ws"));
		visit.context.report(flow, "proxy.connect-failed", `${hostPort(target.host, target.port)}: ${error.message}`);
		return undefined;
	}
}

async function messagesTo(ends: Ends): Promise<[Channel, Leg]> {
	if (ends.scheme !== "udp") {
		const leg = serverLeg(ends);
		return [new CutChannel(serverStream(ends, leg)), leg];
	}
	const channel = await reachUdp(ends.visit, ends.target);
	return [channel, { a: channel.local, b: channel.remote, transport: "udp" }];
}

/** The first octets tell which sub-protocol to ask for. */
async function spokenBy({ visit, client }: Ends): Promise<"sip" | "msrp"> {
	const judge = (octets: Buffer) => detect(octets, 0, octets.length, false);
	const octets = await visit.client(
		peek(client, (seen) => judge(seen) !== "maybe", { most: LOOK, timeout: LONGEST_TIMER }),
		"bridge",
	);
	giveBack(visit, client, octets);
	const spoken = judge(octets);
	if (spoken === "sip" || spoken === "msrp") return spoken;
	throw new ClientFailure("the client speaks neither SIP nor MSRP, and nothing else can be bridged to WebSocket");
}

function webSocketLeg(ends: Ends): Leg {
	return { ...serverLeg(ends), carrier: secure(ends.scheme) ? "wss" : "ws" };
}

function note(path: string, protocol: string): string {
	return `101 ${path}, ${protocol === "" ? "no sub-protocol" : `sub-protocol ${protocol}`}`;
}
