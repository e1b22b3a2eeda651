// A forwarder in a process of its own: `pipe PORT` is a bare net pipe, everything else is mitmsrp. Tells its port, and on every message its costs.
import { connect, createServer } from "node:net";

const [kind, target] = [process.argv[2], Number(process.argv[3])];

async function listen() {
	if (kind === "pipe") {
		const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
			const upstream = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
			for (const socket of [client, upstream]) socket.on("error", () => {});
			client.pipe(upstream).pipe(client);
		});
		await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
		return server.address().port;
	}
	const { createProxy } = await import("../dist/index.js");
	const classify = kind === "classify" ? { classify: {} } : {};
	const proxy = createProxy({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${target}`], ...classify });
	await proxy.ready;
	return proxy.hops[0].port;
}

const port = await listen();
process.on("message", () => {
	global.gc?.();
	const { user, system } = process.cpuUsage();
	process.send({ cpu: (user + system) / 1e6, rss: process.memoryUsage().rss / 2 ** 20 });
});
process.on("disconnect", () => process.exit());
process.send({ port });
