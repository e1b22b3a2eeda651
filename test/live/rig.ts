import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import { type ControlledProxy, type ControlledProxyOptions, startProxy } from "../../src/index.js";
import { client, peer } from "../proxy/peers.js";

export interface LiveRig {
	proxy: ControlledProxy;
	/** sends to the proxy and takes what comes back */
	client: Socket;
	/** what came to the server, and to the client */
	received: { server: string; client: string };
	/** the server's sockets */
	server: Set<Socket>;
}

/** A proxy in front of a server that only listens, and one client of it. All closed with the test. */
export async function live(options: Partial<ControlledProxyOptions> = {}): Promise<LiveRig> {
	const received = { server: "", client: "" };
	const target = await peer((socket) => {
		socket.on("data", (octets) => {
			received.server += octets.toString("latin1");
		});
		socket.on("end", () => socket.end());
	});
	const proxy = await startProxy({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target.port},name=room`], drain: 200, ...options });
	onTestFinished(async () => void (await proxy.close(0)));
	const socket = await client(proxy.hops[0]!.port);
	socket.on("data", (octets) => {
		received.client += octets.toString("latin1");
	});
	return { proxy, client: socket, received, server: target.sockets };
}
