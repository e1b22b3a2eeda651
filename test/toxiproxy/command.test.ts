import { Toxiproxy } from "toxiproxy-node-client";
import { expect, onTestFinished, test } from "vitest";
import { mitmsrp, Sink } from "../cli/process.js";
import { client, OPTIONS_REQUEST, peer, readAll, until } from "../proxy/peers.js";

/** `mitmsrp proxy` with these options, until the test is over. */
async function proxy(args: string[], ready: RegExp) {
	const [stdout, stderr, stop] = [new Sink(), new Sink(), new AbortController()];
	const running = mitmsrp(["proxy", ...args], { stdout, stderr, signal: stop.signal });
	onTestFinished(async () => {
		stop.abort();
		await running;
	});
	await until(() => ready.test(stdout.text + stderr.text));
	return { running, stop, stdout, stderr, url: ready.exec(stdout.text + stderr.text)![1]! };
}

test("proxy --toxiproxy-api needs no hop; messages of proxies made by a client are shown", async () => {
	const echo = await peer((socket) => void socket.pipe(socket));
	const { url, stdout, stderr, stop, running } = await proxy(["--toxiproxy-api", "0"], /toxiproxy API at (http:\/\/127\.0\.0\.1:\d+)\n/);
	const toxiproxy = new Toxiproxy(url);
	const made = await toxiproxy.createProxy({ name: "sip", listen: "127.0.0.1:0", upstream: `127.0.0.1:${echo.port}` });
	await made.addToxic({ name: "few", type: "limit_data", stream: "downstream", toxicity: 1, attributes: { bytes: 40 } });
	expect(JSON.parse(await toxiproxy.getVersion()).version).toMatch(/^2\.12\.0\+mitmsrp\.\d+\.\d+\.\d+$/);
	const socket = await client(Number(made.listen.split(":")[1]));
	socket.write(OPTIONS_REQUEST);
	expect((await readAll(socket)).toString()).toBe(OPTIONS_REQUEST.slice(0, 40));
	socket.end();
	await until(() => stdout.text.includes("limit_data (few) closed the connection"));
	expect(stdout.text.match(/OPTIONS/g)!.length).toBeGreaterThanOrEqual(3);
	stop.abort();
	expect((await running).code).toBe(0);
	expect(stderr.text).toContain("stopped after 1 connection");
	await expect(fetch(`${url}/version`)).rejects.toThrow();
});

test("as JSON, beside the control API, at a place that others reach", async () => {
	const { url, stdout } = await proxy(
		["--toxiproxy-api", "0.0.0.0:0", "--api", "0", "--json"],
		/\{"event":"toxiproxy-api","url":"(http:\/\/0\.0\.0\.0:\d+)"\}\n/,
	);
	expect(stdout.text).toContain('{"event":"ready","hops":[]}\n');
	const { port } = new URL(url);
	expect((await fetch(`http://127.0.0.1:${port}/version`)).status).toBe(200);
	const { stderr } = await proxy(["--toxiproxy-api", "0.0.0.0:0"], /toxiproxy API at (http:\S+); reachable/);
	expect(stderr.text).toContain("reachable from other machines, and it has no token: whoever reaches it can open ports here\n");
});

test("what cannot be is said, with exit code 2", async () => {
	const { url } = await proxy(["--toxiproxy-api", "0"], /toxiproxy API at (http:\/\/127\.0\.0\.1:\d+)\n/);
	const taken = new URL(url).port;
	const second = await mitmsrp(["proxy", "--toxiproxy-api", taken]);
	expect([second.code, second.err]).toEqual([
		2,
		`mitmsrp: the toxiproxy API cannot listen at 127.0.0.1:${taken}: the port is taken; choose another one (0 takes any free one)\n`,
	]);
	const wrong = await mitmsrp(["proxy", "--toxiproxy-api", "here"]);
	expect(wrong.err).toContain("write HOST:PORT or PORT, IPv6 in brackets: 127.0.0.1:8474; port 0 takes any free one.");
	expect((await mitmsrp(["proxy"])).err).toContain("a --config file, or --toxiproxy-api");
});
