import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { client, peer, readAll, until } from "../proxy/peers.js";
import { ask, toxiproxy } from "./rig.js";

const error = (status: number, message: string): object => ({ error: message, status });

describe("toxiproxy's API", () => {
	test("shows proxies as toxiproxy does, hops of the command line among them", async () => {
		const { api, proxy } = await toxiproxy({
			hops: ["tcp://127.0.0.1:0=>tcp://127.0.0.1:9,name=first", "tls://127.0.0.1:0=>tls://127.0.0.1:9"],
		});
		const [first, second] = proxy.hops;
		const shown = {
			first: { name: "first", listen: `127.0.0.1:${first!.port}`, upstream: "127.0.0.1:9", enabled: true, toxics: [] },
			[`127.0.0.1:${second!.port}`]: {
				name: `127.0.0.1:${second!.port}`,
				listen: `tls://127.0.0.1:${second!.port}`,
				upstream: "tls://127.0.0.1:9",
				enabled: true,
				toxics: [],
			},
		};
		expect(await ask(`${api.url}/proxies`, "GET")).toMatchObject({ status: 200, type: "application/json", json: shown });
		expect((await ask(`${api.url}/proxies/first`, "GET")).json).toEqual(shown["first"]);
		await proxy.removeHop(first!.id);
		expect((await ask(`${api.url}/proxies/first`, "GET")).status).toBe(404);
	});

	test("status codes and bodies of toxics", async () => {
		const { api } = await toxiproxy({ hops: ["tcp://127.0.0.1:0=>tcp://127.0.0.1:9,name=p"] });
		const toxics = `${api.url}/proxies/p/toxics`;
		const made = { name: "latency_downstream", type: "latency", stream: "downstream", toxicity: 1, attributes: { latency: 5, jitter: 0 } };
		expect(await ask(toxics, "POST", { type: "latency", attributes: { latency: 5 } })).toMatchObject({ status: 200, json: made });
		expect(await ask(toxics, "GET")).toMatchObject({ status: 200, json: [made] });
		const one = `${toxics}/latency_downstream`;
		expect(await ask(one, "GET")).toMatchObject({ status: 200, json: made });
		const changed = { ...made, toxicity: 0.5, attributes: { latency: 5, jitter: 2 } };
		expect(await ask(one, "PATCH", { toxicity: 0.5, attributes: { jitter: 2 } })).toMatchObject({ status: 200, json: changed });
		expect(await ask(one, "POST", { attributes: { latency: 9 } })).toMatchObject({
			status: 200,
			json: { attributes: { latency: 9, jitter: 2 } },
		});
		expect(await ask(one, "PATCH", { attributes: { latency: "x" } })).toMatchObject({
			status: 400,
			json: error(400, "bad request body: attribute latency of latency must be a whole number from 0"),
		});
		expect(await ask(one, "DELETE")).toMatchObject({ status: 204, text: "" });
		expect(await ask(one, "DELETE")).toMatchObject({ status: 404, json: error(404, "toxic not found") });
		expect(await ask(toxics, "GET")).toMatchObject({ json: [] });
	});

	test.each([
		["POST", "/proxies", { listen: "127.0.0.1:0", upstream: "127.0.0.1:9" }, 400, "missing required field: name"],
		["POST", "/proxies", { name: "x" }, 400, "missing required field: upstream"],
		["POST", "/proxies", { name: "p", upstream: "127.0.0.1:9" }, 409, "proxy already exists"],
		["POST", "/proxies", { name: "x", upstream: 9 }, 400, "bad request body: upstream must be text"],
		["POST", "/proxies", { name: "x", upstream: "nowhere" }, 400, 'bad request body: "tcp://nowhere": the target side needs a port'],
		["POST", "/proxies", "{", 400, /^bad request body: /],
		["POST", "/proxies", "", 400, "bad request body: EOF"],
		["GET", "/proxies/none", undefined, 404, "proxy not found"],
		["PATCH", "/proxies/none", {}, 404, "proxy not found"],
		["DELETE", "/proxies/none", undefined, 404, "proxy not found"],
		["GET", "/proxies/none/toxics", undefined, 404, "proxy not found"],
		["POST", "/proxies/p/toxics", { type: "x" }, 400, "invalid toxic type"],
		["POST", "/proxies/p/toxics", { type: "latency", stream: "x" }, 400, "stream was invalid, can be either upstream or downstream"],
		["GET", "/proxies/p/toxics/none", undefined, 404, "toxic not found"],
		["PATCH", "/proxies/p/toxics/none", {}, 404, "toxic not found"],
	])("%s %s with %j is refused with %i", async (method, path, body, status, message) => {
		const { api } = await toxiproxy({ hops: ["tcp://127.0.0.1:0=>tcp://127.0.0.1:9,name=p"] });
		const reply = await ask(api.url + path, method, body);
		expect(reply).toMatchObject({
			status,
			json: { status, error: typeof message === "string" ? message : expect.stringMatching(message) },
		});
	});

	test("what is not there is 404, another method 405", async () => {
		const { api } = await toxiproxy();
		expect(await ask(`${api.url}/nothing`, "GET")).toMatchObject({ status: 404, text: "404 page not found\n" });
		expect((await ask(`${api.url}/proxies`, "DELETE")).status).toBe(405);
		expect((await ask(`${api.url}/reset`, "GET")).status).toBe(405);
	});

	test("populate: proxies that are as wanted stay, with their connections; others are replaced; errors stand beside the list", async () => {
		const { api, proxy } = await toxiproxy();
		const [one] = (
			(await ask(`${api.url}/populate`, "POST", [{ name: "a", listen: "127.0.0.1:0", upstream: "127.0.0.1:9" }])).json as {
				proxies: { listen: string }[];
			}
		).proxies;
		const { id } = proxy.hops[0]!;
		const again = await ask(`${api.url}/populate`, "POST", [{ name: "a", listen: one!.listen, upstream: "127.0.0.1:9" }]);
		expect([again.status, proxy.hops.map((hop) => hop.id)]).toEqual([201, [id]]);
		await ask(`${api.url}/populate`, "POST", [{ name: "a", listen: one!.listen, upstream: "127.0.0.1:10" }]);
		expect(proxy.hops.map((hop) => hop.id)).not.toEqual([id]);
		const nameless = await ask(`${api.url}/populate`, "POST", [{ name: "b", upstream: "127.0.0.1:9" }, { upstream: "127.0.0.1:9" }]);
		expect(nameless).toMatchObject({ status: 400, json: { error: "missing required field: name at proxy 2", status: 400, proxies: null } });
		expect(proxy.hops).toHaveLength(1);
		const twice = await ask(`${api.url}/populate`, "POST", [
			{ name: "b", upstream: "127.0.0.1:9" },
			{ name: "b", upstream: "127.0.0.1:9" },
		]);
		expect(twice).toMatchObject({ status: 500, json: { error: 'duplicate proxy name "b"' } });
	});

	test("metrics count octets of each proxy and direction", async () => {
		const echo = await peer((socket) => void socket.pipe(socket));
		const { api, proxy } = await toxiproxy({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${echo.port},name=m"x`] });
		await ask(`${api.url}/proxies/${encodeURIComponent('m"x')}/toxics`, "POST", { type: "limit_data", attributes: { bytes: 3 } });
		const socket = await client(proxy.hops[0]!.port);
		socket.write("12345");
		await readAll(socket);
		socket.end();
		await until(() => proxy.connections === 0);
		const { text, type } = await ask(`${api.url}/metrics`, "GET");
		const labels = (direction: string): string =>
			`{direction="${direction}",listener="127.0.0.1:${proxy.hops[0]!.port}",proxy="m\\"x",upstream="127.0.0.1:${echo.port}"}`;
		expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
		expect(text).toContain(`toxiproxy_proxy_received_bytes_total${labels("upstream")} 5\n`);
		expect(text).toContain(`toxiproxy_proxy_sent_bytes_total${labels("upstream")} 5\n`);
		expect(text).toContain(`toxiproxy_proxy_received_bytes_total${labels("downstream")} 5\n`);
		expect(text).toContain(`toxiproxy_proxy_sent_bytes_total${labels("downstream")} 3\n`);
	});

	test("other schemes are made too: a proxy of UDP", async () => {
		const { api, proxy } = await toxiproxy();
		const reply = await ask(`${api.url}/proxies`, "POST", { name: "u", listen: "udp://127.0.0.1:0", upstream: "udp://127.0.0.1:9" });
		expect(reply).toMatchObject({ status: 201, json: { upstream: "udp://127.0.0.1:9" } });
		expect(proxy.hops[0]!.listen).toMatch(/^udp:/);
	});
});

describe("who may ask", () => {
	test.each([
		["a browser by its name", { "user-agent": "Mozilla/5.0 (X11)" }, "User agent not allowed\n"],
		["a page of another site", { origin: "https://example.com" }, "Origin not allowed\n"],
		["a page of any site", { "sec-fetch-site": "cross-site" }, "Origin not allowed\n"],
		["a name that was made to point here", { host: "rebound.example.com" }, /^Host not allowed/],
		["a name that begins like an address", { host: "127.0.0.1.example.com:8474" }, /^Host not allowed/],
	])("not %s", async (_, headers, text) => {
		const { api } = await toxiproxy();
		const reply = await ask(`${api.url}/proxies`, "POST", { name: "x", listen: "127.0.0.1:0", upstream: "127.0.0.1:9" }, headers);
		expect(reply).toMatchObject({ status: 403, text: typeof text === "string" ? text : expect.stringMatching(text) });
		expect(api.proxies.all.size).toBe(0);
	});

	test.each([{ host: "localhost:8474" }, { host: "LOCALHOST" }, { host: "[::1]:8474" }, { host: "192.0.2.1" }])(
		"who names %j may",
		async (headers) => {
			const { api } = await toxiproxy();
			expect((await ask(`${api.url}/version`, "GET", undefined, headers)).status).toBe(200);
		},
	);

	test("a name that it was told to listen at is its own", async () => {
		const { api } = await toxiproxy({}, { host: "LocalHost", version: "1.2.3" });
		expect(await ask(`${api.url}/version`, "GET")).toMatchObject({ status: 200, json: { version: "2.12.0+mitmsrp.1.2.3" } });
	});

	test("a request without Host, or with a body without end, costs nothing but itself", async () => {
		const { api } = await toxiproxy();
		const { port } = new URL(api.url);
		const socket = connect(Number(port), "127.0.0.1");
		socket.on("error", () => {});
		socket.write("GET /proxies HTTP/1.0\r\n\r\n");
		expect((await readAll(socket)).toString()).toMatch(/^HTTP\/1\.1 403 /);
		const long = await ask(`${api.url}/proxies`, "POST", "x".repeat((1 << 20) + 1)).catch((reason: NodeJS.ErrnoException) => reason.code);
		expect(long).toSatisfy((reply) => reply === "ECONNRESET" || reply === "EPIPE" || (reply as { status: number }).status === 413);
	});

	test("a port that is taken is said", async () => {
		const { api } = await toxiproxy();
		await expect(toxiproxy({}, { port: Number(new URL(api.url).port) })).rejects.toThrow("the port is taken; choose another one");
	});
});
