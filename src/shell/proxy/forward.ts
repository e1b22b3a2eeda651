import { TLSSocket } from "node:tls";
import { looksLikeHttpUpgrade } from "../../core/protocols/http-upgrade/index.js";
import type { ClientHello } from "../../core/protocols/tls/hello.js";
import { adopt } from "../net/adopt.js";
import type { Connected } from "../net/connect-tcp.js";
import { CutChannel } from "../net/cut-channel.js";
import { peek } from "../net/peek.js";
import { StreamChannel } from "../net/stream-channel.js";
import { acceptTls } from "../net/tls/accept-tls.js";
import { clientHello, LONGEST_HELLO } from "../net/tls/client-hello.js";
import { bridgeFromWebSocket, bridgeToWebSocket } from "./bridge.js";
import type { Leg } from "./context.js";
import { clientStream, type Ends, giveBack, serverLeg, serverStream } from "./ends.js";
import { isRelay, secure, type Target, type TargetScheme, webSocket } from "./hop.js";
import { reachTcp, reachUdp, secureTarget } from "./reach.js";
import type { Visit } from "./visit.js";

/** What the client speaks; `webSocket` undefined: its first octets (inside of TLS) tell. */
export interface ClientSpeaks {
	tls: boolean;
	webSocket: boolean | undefined;
}

/** What was done for the visit already. */
export interface Begun {
	/** the target's connection is open */
	connected?: Connected;
}

/** A request line is looked for no further than this. */
const LONGEST_LINE = 8 << 10;
/** A client that has said nothing for this many milliseconds waits for its server to speak. */
const SILENCE = 500;

/** Reaches the target, puts TLS on or takes it off, and joins the two as what they carry. */
export async function forward(visit: Visit, target: Target, speaks: ClientSpeaks, begun: Begun = {}): Promise<void> {
	if (isRelay(target.scheme)) return forward(visit, await visit.context.relays.place(target, visit.b.port, visit.service), speaks, begun);
	const rewrites = visit.context.options.relay.rewrites === true;
	const hello = speaks.tls ? await visit.client(readHello(visit), "TLS") : undefined;
	const scheme = target.scheme === "auto" ? sameAs(speaks.tls, speaks.webSocket === true) : target.scheme;
	const streams = speaks.webSocket === webSocket(scheme) && !(speaks.webSocket && rewrites);
	const connected = begun.connected ?? (scheme === "udp" ? undefined : await reachTcp(visit, target, streams && !secure(scheme)));
	const ends: Ends = { visit, target, scheme, client: visit.socket, clientSecure: speaks.tls, server: connected?.socket, connected };
	try {
		if (connected !== undefined && secure(scheme)) {
			ends.server = await secureTarget(visit, connected.socket, target, hello, webSocket(scheme));
		}
		if (hello !== undefined) ends.client = await visit.client(answerTls(ends, hello, speaks.webSocket), "TLS with the client failed");
		if (visit.service.shown !== undefined) certificates(ends);
		// Inside of TLS, WebSocket to a target that takes what it is given is a stream like any other.
		const upgrades = speaks.webSocket ?? ((target.scheme !== "auto" || rewrites) && (await beginsWithUpgrade(ends)));
		if (upgrades && target.scheme === "auto") ends.scheme = sameAs(speaks.tls, true);
		if (upgrades && (rewrites || !webSocket(ends.scheme))) await bridgeFromWebSocket(ends);
		else if (!upgrades && webSocket(ends.scheme)) await bridgeToWebSocket(ends);
		else await joinStreams(ends);
	} catch (error) {
		connected?.socket.destroy();
		throw error;
	}
}

/** Shows the ends' certificates to whoever knows which ones they announced. */
function certificates({ visit, client, server }: Ends): void {
	const { service, context } = visit;
	for (const [end, socket] of [
		["opener", client],
		["target", server],
	] as const) {
		if (!(socket instanceof TLSSocket)) continue;
		const wrong = service.shown!(end, socket.getPeerX509Certificate()?.raw);
		if (wrong === undefined) continue;
		const { name } = service.hop;
		context.report(context.flow(service.hop, "client", visit.leg("tls")), "anchor.fingerprint-mismatch", `${name}, ${end}: ${wrong}`);
	}
}

/** What is spoken to a target that speaks what its client does. */
function sameAs(tls: boolean, webSocket: boolean): TargetScheme {
	if (webSocket) return tls ? "wss" : "ws";
	return tls ? "tls" : "tcp";
}

async function readHello(visit: Visit): Promise<ClientHello> {
	const { socket, context } = visit;
	const options = { most: LONGEST_HELLO, timeout: context.options.connectTimeout };
	const octets = await peek(socket, (seen) => clientHello(seen) !== "maybe", options);
	const hello = clientHello(octets);
	if (hello === undefined || hello === "maybe" || socket.readableEnded) throw new Error("the client does not begin with a ClientHello");
	socket.unshift(octets);
	return hello;
}

async function answerTls(ends: Ends, hello: ClientHello, webSocket: boolean | undefined): Promise<TLSSocket> {
	const { service, context, socket, b } = ends.visit;
	const { options } = service.hop;
	const name = hello.serverName ?? (service.hop.target === undefined ? ends.target.host : b.address);
	return acceptTls(socket, {
		credentials: service.credentials ?? (await (await context.authority()).leaf(name)),
		alpn: agreedProtocols(ends, hello, webSocket === true) ?? options.alpn ?? [],
		askClient: options["ask-client"],
		clientAuthorities: service.clientAuthorities,
		onSecret: context.options.onSecret,
		timeout: context.options.connectTimeout,
	});
}

/** The client gets what the target has chosen. A target without TLS has no say: then undefined, but for WebSocket that ends here. */
function agreedProtocols({ server }: Ends, hello: ClientHello, webSocket: boolean): string[] | undefined {
	if (!(server instanceof TLSSocket)) return webSocket && hello.alpn.includes("http/1.1") ? ["http/1.1"] : undefined;
	const { alpnProtocol } = server;
	return typeof alpnProtocol === "string" && hello.alpn.includes(alpnProtocol) ? [alpnProtocol] : [];
}

async function beginsWithUpgrade({ visit, client }: Ends): Promise<boolean> {
	const decided = (octets: Buffer): boolean => looksLikeHttpUpgrade(octets, 0, octets.length) !== "maybe";
	const limits = { most: LONGEST_LINE, timeout: SILENCE, begun: visit.context.options.connectTimeout };
	const octets = await visit.client(peek(client, decided, limits), "TLS");
	giveBack(visit, client, octets);
	return looksLikeHttpUpgrade(octets, 0, octets.length) === "yes";
}

async function joinStreams(ends: Ends): Promise<void> {
	const { visit, client, clientSecure, scheme, target } = ends;
	const legs = { client: visit.leg(clientSecure ? "tls" : undefined), server: serverLeg(ends) };
	if (scheme === "udp") {
		const server = await reachUdp(visit, target);
		const leg: Leg = { a: server.local, b: server.remote, transport: "udp" };
		visit.join(new CutChannel(clientStream(ends)), server, { client: legs.client, server: leg });
		return;
	}
	const { pooled } = visit.context.options;
	visit.over();
	const { socket, reads } = visit;
	const own = client !== socket ? undefined : reads !== undefined ? { socket, reads } : pooled ? adopt(socket) : undefined;
	const channel =
		own === undefined ? clientStream(ends) : new StreamChannel(own.socket, { reads: own.reads, local: visit.b, remote: visit.a });
	visit.join(channel, serverStream(ends, legs.server), legs);
}
