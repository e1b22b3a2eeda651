import type { Socket } from "node:net";
import { ConnectError } from "../net/connect-tcp.js";
import { peek, take } from "../net/peek.js";
import { parseProxyHeader, proxyHeaderLength } from "../net/proxy-protocol.js";
import { type ProxyContext, wordsOf } from "./context.js";
import { detectClient, LOOK, type Spoken } from "./detect-client.js";
import { giveBack } from "./ends.js";
import { type Begun, forward } from "./forward.js";
import { hostPort, type ListenScheme, type Target } from "./hop.js";
import { connectReply, connectRequest } from "./http-connect.js";
import { reachTcp, TargetTlsError } from "./reach.js";
import type { Service } from "./service.js";
import { NegotiationError, socksReply, socksRequest } from "./socks.js";
import { type Accepted, ClientFailure, Visit } from "./visit.js";

/** A client that has said nothing for this many milliseconds waits for its server to speak. */
const SILENCE = 500;
const LONGEST_PROXY_HEADER = 64 << 10;

/** Takes one accepted connection, of which nothing was read yet, to its target. Never rejects. */
export async function serve(context: ProxyContext, service: Service, accepted: Accepted): Promise<void> {
	const visit = new Visit(context, service, accepted);
	const { hop } = service;
	try {
		if (hop.options["proxy-in"] === true) await visit.client(proxyHeader(visit), "PROXY protocol");
		await SERVERS[hop.listen.scheme as Exclude<ListenScheme, "udp">](visit, hop.target);
	} catch (error) {
		fail(visit, error);
	} finally {
		visit.over();
	}
}

type Server = (visit: Visit, target: Target | undefined) => Promise<void>;

const SERVERS: Readonly<Record<Exclude<ListenScheme, "udp">, Server>> = {
	tcp: (visit, target) => forward(visit, target!, { tls: false, webSocket: false }),
	tls: (visit, target) => forward(visit, target!, { tls: true, webSocket: false }),
	ws: (visit, target) => forward(visit, target!, { tls: false, webSocket: true }),
	wss: (visit, target) => forward(visit, target!, { tls: true, webSocket: true }),
	socks: (visit) => chosen(visit, socksRequest, socksReply),
	connect: (visit) => chosen(visit, connectRequest, connectReply),
	auto: (visit, target) => detected(visit, target),
};

/** A client that speaks first tells by that what it speaks. */
async function detected(visit: Visit, target: Target | undefined, begun: Begun = {}): Promise<void> {
	const spoken = await listenTo(visit);
	if (spoken === "socks" && target?.scheme === "auto" && begun.connected === undefined) return chosen(visit, socksRequest, socksReply);
	if (spoken === "connect" && target?.scheme === "auto" && begun.connected === undefined)
		return chosen(visit, connectRequest, connectReply);
	const intercept = visit.service.hop.options.tls !== "pass";
	const tls = spoken === "tls" && intercept;
	// What is inside of TLS shows only when it is taken off.
	return forward(visit, target!, { tls, webSocket: tls ? undefined : spoken === "http" }, begun);
}

/** The client names its target. That is reached before the client is answered, so that the answer is true. */
async function chosen(
	visit: Visit,
	request: (socket: Socket, timeout: number) => Promise<Target>,
	reply: (code: string | undefined) => Buffer,
): Promise<void> {
	const { socket, context } = visit;
	const target = await visit.client(request(socket, context.options.connectTimeout), visit.service.hop.listen.scheme);
	visit.target = target;
	const where = hostPort(target.host, target.port);
	try {
		const connected = await reachTcp(visit, target, false);
		socket.write(reply(undefined));
		await detected(visit, target, { connected });
	} catch (error) {
		if (!(error instanceof ConnectError)) throw error;
		// Whoever asked for a target in words is answered in words.
		socket.end(reply(error.code));
		visit.context.report(
			visit.context.flow(visit.service.hop, "client", visit.leg()),
			"proxy.connect-failed",
			`${where} cannot be reached: ${error.code} (${error.message})`,
		);
	}
}

async function listenTo(visit: Visit): Promise<Spoken | undefined> {
	const { socket, context } = visit;
	const octets = await visit.client(
		peek(socket, (seen) => detectClient(seen) !== "maybe", { most: LOOK, timeout: SILENCE, begun: context.options.connectTimeout }),
		"auto",
	);
	if (octets.length === 0) return undefined;
	giveBack(visit, socket, octets);
	const spoken = detectClient(octets);
	return spoken === "maybe" ? "other" : spoken;
}

async function proxyHeader(visit: Visit): Promise<void> {
	const { socket, context } = visit;
	const header = await take(socket, proxyHeaderLength, { most: LONGEST_PROXY_HEADER, timeout: context.options.connectTimeout });
	if (header === undefined || header.length === 0) throw new Error("the client did not begin with a header");
	const said = parseProxyHeader(header);
	if (said === undefined) return;
	visit.a = said.source;
	visit.b = said.destination;
}

function fail(visit: Visit, error: unknown): void {
	const { target } = visit;
	const where = target === undefined ? "the target" : hostPort(target.host, target.port);
	if (error instanceof ConnectError) visit.fail("proxy.connect-failed", `${where} cannot be reached: ${error.code} (${error.message})`);
	else if (error instanceof TargetTlsError) visit.fail("proxy.tls-failed", `TLS with ${where} failed: ${error.code} (${error.message})`);
	else if (error instanceof ClientFailure || error instanceof NegotiationError) visit.fail("proxy.client-failed", wordsOf(error));
	else if ((error as NodeJS.ErrnoException).code?.startsWith("ERR_SSL_") === true) {
		visit.fail("proxy.tls-failed", `TLS with ${where} failed: ${wordsOf(error)}`);
	} else visit.fail("proxy.connect-failed", `${where}: ${wordsOf(error)}`);
}
