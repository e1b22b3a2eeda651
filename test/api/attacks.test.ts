import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { ListenError, startApi } from "../../src/index.js";
import { readAll, until } from "../proxy/peers.js";
import { INVITE } from "../relay/conversation.js";
import { answerTo, apiRig, ask } from "./rig.js";

const PROBLEM = "application/problem+json; charset=utf-8";

describe("who may ask", () => {
	it("whoever has the token, and nobody else", async () => {
		const { api } = await apiRig();
		for (const [authorization, title] of [
			["", "No token"],
			["Bearer", "No token"],
			["Basic eDp5", "No token"],
			[`Basic ${api.token}`, "No token"],
			["Bearer x", "Wrong token"],
			[`Bearer ${api.token}x`, "Wrong token"],
			[`Bearer ${api.token.slice(0, -1)}`, "Wrong token"],
			[`Bearer ${api.token.toUpperCase()}`, "Wrong token"],
		]) {
			for (const path of ["/entries", "/openapi.json", "/nothing", "/metrics", "/events"]) {
				const answer = await ask(api, "GET", path, undefined, { authorization: authorization! });
				expect([answer.status, answer.json.title, answer.headers["content-type"]]).toEqual([401, title, PROBLEM]);
				expect(answer.headers["www-authenticate"]).toBe("Bearer");
			}
		}
		expect((await ask(api, "GET", "/status", undefined, { authorization: `bearer  ${api.token}` })).status).toBe(200);
	});

	it("under the names of this machine: rebound names of a page are refused, with the token too", async () => {
		const { api } = await apiRig();
		const port = new URL(api.url).port;
		for (const host of [
			"evil.example",
			`evil.example:${port}`,
			"127.0.0.1.evil.example",
			"localhost.evil.example",
			"[::1",
			"127.0.0.1:80:80",
			"@127.0.0.1",
		]) {
			const sent = request(`${api.url}/status`, { headers: { authorization: `Bearer ${api.token}`, host } });
			sent.end();
			const answer = await answerTo(sent);
			expect([host, answer.status, answer.json.title]).toEqual([host, 403, "Wrong host"]);
		}
		const raw = connect(Number(port), "127.0.0.1");
		onTestFinished(() => void raw.destroy());
		raw.end(`GET /status HTTP/1.0\r\nAuthorization: Bearer ${api.token}\r\n\r\n`);
		expect((await readAll(raw)).toString("latin1").split("\r\n")[0]).toBe("HTTP/1.1 403 Forbidden");
		for (const host of [`127.0.0.1:${port}`, "localhost", `LOCALHOST:${port}`, "[::1]:1", "192.0.2.1"]) {
			expect([host, (await ask(api, "GET", "/status", undefined, { host })).status]).toEqual([host, 200]);
		}
	});

	it("from no page of another site, and no page may read an answer", async () => {
		const { api } = await apiRig();
		const own = api.url;
		for (const headers of [
			{ origin: "http://evil.example" },
			{ origin: "null" },
			{ origin: "http://127.0.0.1:1" },
			{ origin: own.replace("http:", "https:") },
			{ "sec-fetch-site": "cross-site" },
			{ "sec-fetch-site": "same-site" },
			{ origin: own, "sec-fetch-site": "cross-site" },
		]) {
			const answer = await ask(api, "POST", "/hops", '{"hop":"x"}', { "content-type": "application/json", ...headers });
			expect([headers, answer.status, answer.json.title]).toEqual([headers, 403, "Another site"]);
			expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
		}
		const preflight = await ask(api, "OPTIONS", "/hops", undefined, {
			origin: "http://evil.example",
			"access-control-request-method": "POST",
			authorization: "",
		});
		expect([preflight.status, Object.keys(preflight.headers).filter((name) => name.startsWith("access-control"))]).toEqual([403, []]);
		expect((await ask(api, "GET", "/status", undefined, { origin: own, "sec-fetch-site": "same-origin" })).status).toBe(200);
		expect((await ask(api, "GET", "/status", undefined, { "sec-fetch-site": "none" })).headers).toMatchObject({
			"cache-control": "no-store",
			"x-content-type-options": "nosniff",
			"cross-origin-resource-policy": "same-origin",
			"content-security-policy": "default-src 'none'; frame-ancestors 'none'",
		});
	});

	it("is not asked in what forms can send", async () => {
		const { api, proxy } = await apiRig();
		for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data", "application/jsonp", ""]) {
			const answer = await ask(api, "PUT", "/alg", '{"profiles":["A1"]}', { "content-type": type });
			expect([type, answer.status, answer.json.title]).toEqual([type, 415, "Not JSON"]);
		}
		expect(proxy.alg.profiles).toEqual([]);
	});
});

describe("what is asked", () => {
	it("has a body that is JSON, as described, and of a bounded size", async () => {
		const { api, call } = await apiRig();
		const raw = (body: string | Buffer) => ask(api, "POST", "/breakpoints", body, { "content-type": "application/json; charset=utf-8" });
		for (const [body, detail] of [
			["{", /^the body does not parse: /],
			[Buffer.from([0x22, 0xff, 0x22]), /^the body does not parse: /],
			["", /^this request needs a body of JSON$/],
			["[]", /^the body: give an object$/],
			["null", /^the body: give an object$/],
			['{"filter":3}', /^filter: give a string$/],
			["{}", /^filter: is missing$/],
			['{"filter":"sip","timeout":"5"}', /^timeout: give a number from 0.001 to 86400$/],
			['{"filter":"sip","timeout":1e999}', /^timeout: give a number from 0.001 to 86400$/],
			['{"filter":"sip","times":1.5}', /^times: give a whole number from 1$/],
			['{"filter":"sip","on":"drop"}', /^the body: no member "on"; there are filter, name, enabled, timeout, onTimeout, times$/],
			['{"filter":"sip","__proto__":{"enabled":false}}', /^the body: no member "__proto__"/],
			["[".repeat(100_000), /^the body does not parse: /],
		] as const) {
			const answer = await raw(body);
			expect([answer.status, answer.headers["content-type"]]).toEqual([400, PROBLEM]);
			expect(answer.json.detail).toMatch(detail);
		}
		expect((await call("PUT", "/alg", { profiles: ["A1", 2] })).json.detail).toBe("profiles[1]: give a string");
		expect((await call("POST", "/connections/1/inject", { to: "server", octets: "***" })).json.detail).toBe(
			"octets: give octets in base64",
		);
	});

	it("has a body that ends the connection where it is too large, announced or not", async () => {
		const { api } = await apiRig();
		const headers = { authorization: `Bearer ${api.token}`, "content-type": "application/json" };
		const announced = request(`${api.url}/breakpoints`, { method: "POST", headers: { ...headers, "content-length": String(2 ** 40) } });
		announced.on("error", () => {});
		announced.write("{");
		expect((await answerTo(announced)).status).toBe(413);
		const socket = connect(Number(new URL(api.url).port), "127.0.0.1");
		onTestFinished(() => void socket.destroy());
		socket.on("error", () => {});
		let answer = "";
		socket.on("data", (octets) => {
			answer += octets.toString("latin1");
		});
		const lines = Object.entries({ host: "localhost", ...headers, "transfer-encoding": "chunked" }).map(
			([name, value]) => `${name}: ${value}\r\n`,
		);
		socket.write(`POST /breakpoints HTTP/1.1\r\n${lines.join("")}\r\n`);
		const chunk = Buffer.concat([Buffer.from("100000\r\n"), Buffer.alloc(1 << 20, 0x20), Buffer.from("\r\n")]);
		let written = 0;
		while (!socket.destroyed && written < 200) {
			written++;
			await new Promise<void>((resolve) => socket.write(chunk, () => resolve()));
		}
		expect(written).toBeLessThan(64);
		expect(answer === "" || answer.startsWith("HTTP/1.1 413 ")).toBe(true);
	});

	it("has a path and a query that there are", async () => {
		const { get, call, api } = await apiRig();
		for (const [path, status, detail] of [
			["/", 404, "see /openapi.json for what there is"],
			["/hops/", 404, "see /openapi.json for what there is"],
			["/hops/1/2", 404, "see /openapi.json for what there is"],
			["/hops/%zz", 400, "a % in the path is not followed by two hexadecimal digits of UTF-8"],
			["/hops/x", 400, "id: give a whole number from 1"],
			["/hops/0", 400, "id: give a whole number from 1"],
			["/hops/1e3", 400, "id: give a whole number from 1"],
			["/hops/99999999999999999999", 400, "id: give a whole number from 1"],
			["/entries?limit=0", 400, "limit: give a whole number from 1 to 1000"],
			["/entries?limit=1&limit=2", 400, "limit is there twice"],
			["/entries?colour=red", 400, 'no parameter "colour"; there are filter, after, before, limit, verbosity'],
			["/status?x=1", 400, 'no parameter "x"; there are none'],
			["/wait", 400, "filter: is missing"],
		] as const) {
			const answer = await get(path);
			expect([path, answer.status, answer.json.detail]).toEqual([path, status, detail]);
		}
		const wrong = await call("DELETE", "/status");
		expect([wrong.status, wrong.headers.allow, wrong.json.detail]).toEqual([405, "GET", "this path knows GET"]);
		expect((await ask(api, "HEAD", "/events", undefined, {})).status).toBe(405);
	});

	it("is no HTTP at all: the connection ends, the API and the proxy go on", async () => {
		const { api, get, client, received } = await apiRig();
		const { port } = new URL(api.url);
		for (const octets of [
			INVITE,
			"GET / HTTP/1.1\r\n\r\n",
			`GET /${"x".repeat(100_000)} HTTP/1.1\r\n\r\n`,
			"CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n",
			"\0\0\0",
		]) {
			const socket = connect(Number(port), "127.0.0.1");
			onTestFinished(() => void socket.destroy());
			socket.on("error", () => {});
			socket.resume();
			socket.end(octets);
			await once(socket, "close");
		}
		const socket = connect(Number(port), "127.0.0.1");
		onTestFinished(() => void socket.destroy());
		socket.write("POST /hops HTTP/1.1\r\nHost: localhost\r\n");
		client.write(INVITE);
		await until(() => received.server === INVITE);
		expect((await get("/status")).status).toBe(200);
	});

	it("property: whatever is asked, the answer is one, and never a fault of the server", async () => {
		const { api, get } = await apiRig();
		const part = fc.constantFrom(
			"hops",
			"held",
			"entries",
			"breakpoints",
			"alg",
			"connections",
			"1",
			"resume",
			"inject",
			"marks",
			"preview",
			"drop",
			"",
			"%41",
			"..",
			"wait",
			"profiles",
		);
		const json = fc.oneof(
			fc.json(),
			fc
				.record(
					{
						filter: fc.string(),
						to: fc.constantFrom("server", "client"),
						message: fc.string(),
						hop: fc.string(),
						profiles: fc.array(fc.string()),
						mark: fc.string(),
					},
					{ requiredKeys: [] },
				)
				.map((value) => JSON.stringify(value)),
			fc.string(),
		);
		const query = fc.constantFrom("", "?filter=sip", "?filter=((", "?limit=1", "?after=-1", "?timeout=0&filter=sip", "?verbosity=2");
		await fc.assert(
			fc.asyncProperty(
				fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"),
				fc.array(part, { minLength: 1, maxLength: 4 }),
				query,
				json,
				async (method, parts, search, body) => {
					const answer = await ask(api, method, `/${parts.join("/")}${search}`, body, { "content-type": "application/json" });
					expect(answer.status).toBeLessThan(500);
					if (answer.status >= 400) expect(Object.keys(answer.json)).toEqual(["title", "status", "detail"]);
				},
			),
			{ numRuns: 400 },
		);
		expect((await get("/status")).status).toBe(200);
	});
});

describe("the API as a listener", () => {
	it("makes a token of its own, takes one that is long enough, and says why an address cannot be had", async () => {
		const { api, proxy } = await apiRig();
		expect(api.token).toMatch(/^[\w-]{32}$/);
		expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
		const { port } = new URL(api.url);
		await expect(startApi({ proxy, port: Number(port) })).rejects.toThrow(
			new ListenError(
				"EADDRINUSE",
				`the control API cannot listen at 127.0.0.1:${port}: the port is taken; choose another one (0 takes any free one)`,
			),
		);
		await expect(startApi({ proxy, port: 0, token: "short" })).rejects.toThrow("the API token needs 16 characters at least");
		await expect(startApi({ proxy, port: 0, token: "with spaces in between" })).rejects.toThrow("visible ASCII");
		const own = await startApi({ proxy, port: 0, token: "0123456789abcdef" });
		expect((await fetch(`${own.url}/status`, { headers: { authorization: "Bearer 0123456789abcdef" } })).status).toBe(200);
		await own.close();
		await expect(fetch(`${own.url}/status`)).rejects.toThrow();
	});

	it("ends open streams and waits when it is closed", async () => {
		const { api, stream, get } = await apiRig();
		const events = await stream("/events");
		const wait = get("/wait?filter=msrp&timeout=100").catch(() => "ended");
		const ended = once(events.response, "close");
		await api.close();
		await ended;
		expect(await wait).toBe("ended");
	});

	it("forgets waits whose client has gone", async () => {
		const { api, get } = await apiRig();
		for (let round = 0; round < 3; round++) {
			const all = Array.from({ length: 100 }, () => {
				const sent = request(`${api.url}/wait?filter=msrp&timeout=300`, { headers: { authorization: `Bearer ${api.token}` } });
				sent.on("error", () => {});
				sent.end();
				return sent;
			});
			await Promise.all(all.map((sent) => once(sent, "finish")));
			await get("/status");
			for (const sent of all) sent.destroy();
		}
		expect((await get("/wait?filter=msrp&timeout=0")).status).toBe(404);
	});
});
