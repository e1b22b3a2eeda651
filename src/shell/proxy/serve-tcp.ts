import type { Socket } from "node:net";
import { adopt } from "../net/adopt.js";
import { type ConnectError, connectTcp } from "../net/connect-tcp.js";
import { localOf, remoteOf } from "../net/endpoint.js";
import { StreamChannel } from "../net/stream-channel.js";
import type { ProxyContext } from "./context.js";
import { type Hop, hostPort } from "./hop.js";

/** Forwards one accepted TCP connection, of which nothing was read yet. */
export async function serveTcp(context: ProxyContext, hop: Hop, accepted: Socket): Promise<void> {
	const { connectTimeout, pooled } = context.options;
	const legs = { a: remoteOf(accepted), b: localOf(accepted), transport: "tcp" as const };
	// The client may go away while the server is being reached.
	const gone = new AbortController();
	const stop = (): void => gone.abort();
	accepted.on("error", stop);
	accepted.once("close", stop);
	context.stopping.signal.addEventListener("abort", stop);
	try {
		const { host, port } = hop.target;
		const connected = await connectTcp({ host, port, timeout: connectTimeout, pooled, signal: gone.signal });
		accepted.off("close", stop);
		const server = new StreamChannel(connected.socket, { reads: connected.reads });
		const own = pooled ? adopt(accepted) : undefined;
		const client = new StreamChannel(own?.socket ?? accepted, { reads: own?.reads, local: legs.b, remote: legs.a });
		context.join(hop, client, server, { client: legs, server: { a: server.local, b: server.remote, transport: "tcp" } });
	} catch (error) {
		accepted.resetAndDestroy();
		if (gone.signal.aborted) return;
		const { code, message } = error as ConnectError;
		const flow = context.flow(hop, "client", legs);
		context.report(flow, "proxy.connect-failed", `${hostPort(hop.target.host, hop.target.port)} cannot be reached: ${code} (${message})`);
	} finally {
		context.stopping.signal.removeEventListener("abort", stop);
	}
}
