import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { mitmsrp, Sink } from "../cli/process.js";
import { client, peer, until } from "../proxy/peers.js";
import { INVITE } from "../relay/conversation.js";

/** `mitmsrp proxy` in front of a server that only listens, until the test is over. */
async function proxy(args: string[], env: Record<string, string> = {}) {
	let received = "";
	const server = await peer((socket) => {
		socket.on("data", (octets) => {
			received += octets.toString("latin1");
		});
		socket.on("end", () => socket.end());
	});
	const [stdout, stderr, stop] = [new Sink(), new Sink(), new AbortController()];
	const argv = ["proxy", "--hop", `tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`, ...args];
	const running = mitmsrp(argv, { stdout, stderr, env, signal: stop.signal });
	onTestFinished(async () => {
		stop.abort();
		await running;
	});
	await until(() => /control API at|"event":"api"/.test(stdout.text + stderr.text));
	const text = stdout.text + stderr.text;
	const port = Number(/"port":(\d+)|listening at tcp:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.slice(1).find(Boolean));
	return { port, text, running, stop, stdout, stderr, received: () => received };
}

describe("mitmsrp proxy --api", () => {
	it("says where the API is, with a token that was drawn, and both are gone in the end", async () => {
		const { text, port, stop, running, received } = await proxy(["--api", "0", "--quiet"]);
		const [, url, token] = /\nmitmsrp: control API at (http:\/\/127\.0\.0\.1:\d+), token ([\w-]{32})\n$/.exec(text)!;
		const headers = { authorization: `Bearer ${token}` };
		const socket = await client(port);
		socket.write(INVITE);
		const found = await fetch(`${url}/wait?filter=sip.Method=="INVITE"`, { headers });
		expect(await found.json()).toMatchObject({ entry: 1, "sip.Method": "INVITE" });
		await until(() => received() === INVITE);
		expect((await fetch(`${url}/status`)).status).toBe(401);
		expect(await (await fetch(`${url}/openapi.json`, { headers })).json()).toMatchObject({
			info: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) },
		});
		socket.end();
		stop.abort();
		expect((await running).code).toBe(0);
		await expect(fetch(`${url}/status`)).rejects.toThrow();
	});

	it("steers rules of files and ALG profiles of the command line", async () => {
		const folder = mkdtempSync(join(tmpdir(), "mitmsrp-"));
		onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
		const file = join(folder, "rules.yaml");
		writeFileSync(file, "- {name: subject, match: sip, enabled: false, actions: [{set-header: {name: Subject, value: x}}]}\n");
		const args = [
			"--api",
			"127.0.0.1:0",
			"--api-token",
			"0123456789abcdef",
			"--json",
			"--rules",
			file,
			"--seed",
			"5",
			"--alg",
			"nated-contact",
		];
		const { text, port, received } = await proxy(args);
		const event = text
			.split("\n")
			.filter((line) => line.startsWith("{"))
			.map((line) => JSON.parse(line))
			.find((one) => one.event === "api");
		expect(Object.keys(event)).toEqual(["event", "url"]);
		const call = (method: string, path: string, body?: object) =>
			fetch(`${event.url}${path}`, {
				method,
				headers: { authorization: "Bearer 0123456789abcdef", "content-type": "application/json" },
				...(body === undefined ? {} : { body: JSON.stringify(body) }),
			}).then(async (answer) => (answer.status === 204 ? undefined : ((await answer.json()) as Record<string, unknown>)));
		expect(await call("GET", "/rules")).toMatchObject({ seed: 5, rules: [{ name: "subject", enabled: false, from: `${file}:1` }] });
		expect(await call("GET", "/alg")).toMatchObject({ profiles: ["nated-contact"] });
		await call("PATCH", "/rules/subject", { enabled: true });
		await call("PUT", "/alg", { profiles: [] });
		const socket = await client(port);
		socket.write(INVITE);
		await until(() => received().includes("Subject: x\r\n"));
		expect(received()).not.toContain("oldmediaip");
	});

	it("takes the token of the environment, and does without classification where that is switched off", async () => {
		const { text, port } = await proxy(["--api", "0", "--no-classify", "--json"], { MITMSRP_API_TOKEN: "from-the-environment" });
		const { url } = JSON.parse(text.split("\n").find((line) => line.includes('"api"'))!);
		const headers = { authorization: "Bearer from-the-environment" };
		const socket = await client(port);
		socket.write(INVITE);
		const entry = (await (await fetch(`${url}/wait?filter=sip`, { headers })).json()) as object;
		expect(Object.keys(entry).filter((name) => name.startsWith("im."))).toEqual([]);
	});

	it("is refused with what is wrong before anything is forwarded", async () => {
		const hop = ["--hop", "tcp://127.0.0.1:0=>tcp://127.0.0.1:9"];
		const taken = await peer(() => {});
		for (const [args, env, words] of [
			[["--api", "x"], {}, "write HOST:PORT or PORT"],
			[["--api", "127.0.0.1:70000"], {}, "write HOST:PORT or PORT"],
			[["--api", "[nonsense]:1"], {}, "write HOST:PORT or PORT"],
			[["--api", "--api-token", "short"], {}, "a token has 16 visible characters of ASCII at least"],
			[["--api-token", "0123456789abcdef"], {}, "--api-token is for --api: give both"],
			[["--api"], { MITMSRP_API_TOKEN: "short" }, "MITMSRP_API_TOKEN: a token has 16 visible characters"],
			[["--api", String(taken.port)], {}, `the control API cannot listen at 127.0.0.1:${taken.port}: the port is taken`],
		] as const) {
			const { code, err, out } = await mitmsrp(["proxy", ...hop, ...args], { env });
			expect([args, code, err.includes(words), out]).toEqual([args, 2, true, ""]);
		}
	});
});
