import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { StreamChannel } from "../../src/shell/net/stream-channel.js";
import { peer, until } from "./peers.js";

async function channelTo(port: number): Promise<{ channel: StreamChannel; closed: Promise<Error | undefined> }> {
	const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
	socket.pause();
	await once(socket, "connect");
	const channel = new StreamChannel(socket);
	const closed = new Promise<Error | undefined>((resolve) => {
		channel.start({ data: () => false, end: () => {}, drain: () => {}, closed: resolve });
	});
	return { channel, closed };
}

test("a reset while the end is being sent closes all the same", async () => {
	const target = await peer((socket) => void socket.resume());
	const { channel, closed } = await channelTo(target.port);
	channel.end();
	channel.reset();
	channel.reset();
	await closed;
	await until(() => target.sockets.size === 1);
	const [socket] = [...target.sockets];
	// The connection is gone for the peer too: what it sends meets nobody.
	const over = new Promise<void>((resolve) => void socket!.once("close", () => resolve()));
	const send = setInterval(() => socket!.write("x"), 5);
	await over;
	clearInterval(send);
});

test("a reset after the end was sent, and one with octets that wait, are resets for the peer", async () => {
	for (const prepare of [
		(channel: StreamChannel) => channel.end(),
		(channel: StreamChannel) => void channel.write(Buffer.alloc(32 << 20)),
	]) {
		const accepted: Socket[] = [];
		const target = await peer((socket) => void accepted.push(socket));
		const { channel, closed } = await channelTo(target.port);
		await until(() => accepted.length === 1);
		const [socket] = accepted as [Socket];
		prepare(channel);
		await new Promise((resolve) => setTimeout(resolve, 20));
		const failed = once(socket, "error");
		channel.reset();
		await closed;
		socket.write("x");
		socket.resume();
		expect((await failed)[0]).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
	}
});
