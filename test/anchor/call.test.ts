import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { AnchorMode, AnchorPort } from "../../src/core/anchor/types.js";
import { type Entry, Pipeline, RelayHub } from "../../src/index.js";
import { ShellAnchorPorts } from "../../src/shell/proxy/anchor-ports.js";
import { ProxyContext } from "../../src/shell/proxy/context.js";
import { client, peer, proxyFor, until } from "../proxy/peers.js";
import { type Description, descriptionOf, MsrpEnd, readSip, sdpOf, sipOf } from "./endpoint.js";

const tlsFile = (name: string) => readFileSync(new URL(`../data/tls/${name}`, import.meta.url));
const PRINT = `SHA-256 ${new X509Certificate(tlsFile("ec-cert.pem")).fingerprint256}`;
const OTHER = `sha-256 ${PRINT.slice(8).split(":").reverse().join(":")}`;
const CREDENTIALS = { cert: tlsFile("ec-cert.pem"), key: tlsFile("ec-key.pem") };

const PLAIN = { secure: false, announced: false, shown: () => undefined };

interface Scene {
	mode: AnchorMode;
	/** who connects */
	active: "caller" | "callee";
	cema?: boolean;
	secure?: boolean;
	/** of the certificates that the ends announce; default: those they show */
	prints?: { caller?: string; callee?: string };
}

/** A call with two messages each way through the proxy, to the end of BYE. */
async function call({ mode, active, cema = false, secure = false, prints = {} }: Scene) {
	const credentials = secure ? CREDENTIALS : undefined;
	const caller = active === "caller" ? MsrpEnd.active("caller", credentials) : await MsrpEnd.passive("caller", credentials);
	const callee = active === "callee" ? MsrpEnd.active("callee", credentials) : await MsrpEnd.passive("callee", credentials);
	const print = (end: "caller" | "callee") => (secure ? `a=fingerprint:${prints[end] ?? PRINT}\r\n` : "");
	const seen: { offer?: Description; answer?: Description; bye?: boolean } = {};
	const server = await peer((socket) =>
		readSip(socket, (sip) => {
			if (sip.method === "INVITE") {
				seen.offer = descriptionOf(sip);
				socket.write(
					sipOf("SIP/2.0 200 OK", "INVITE", 1, sdpOf(callee.uri, active === "callee" ? "active" : "passive", cema, print("callee"))),
				);
			} else if (sip.method === "BYE") socket.write(sipOf("SIP/2.0 200 OK", "BYE", 2));
		}),
	);
	const authorityFolder = mkdtempSync(join(tmpdir(), "mitmsrp-"));
	onTestFinished(() => rmSync(authorityFolder, { recursive: true }));
	const entries: Entry[] = [];
	const proxy = await proxyFor({ hops: [`tcp://127.0.0.1:0=>tcp://127.0.0.1:${server.port}`], anchor: mode, authorityFolder });
	proxy.on("entry", (entry) => void entries.push(entry));
	const signalling = await client(proxy.hops[0]!.port);
	readSip(signalling, (sip) => {
		if (sip.kind !== "response") return;
		if (sip.method === "INVITE") seen.answer = descriptionOf(sip);
		else seen.bye = true;
	});
	const setup = active === "caller" ? "active" : "actpass";
	signalling.write(sipOf("INVITE sip:b@example.com SIP/2.0", "INVITE", 1, sdpOf(caller.uri, setup, cema, print("caller"))));
	await until(() => seen.answer !== undefined);
	signalling.write(sipOf("ACK sip:b@example.com SIP/2.0", "ACK", 1));
	const { offer, answer } = seen as { offer: Description; answer: Description };
	const connecting = active === "caller" ? { end: caller, to: answer } : { end: callee, to: offer };
	const [, host, port] = cema ? ["", connecting.to.address, String(connecting.to.port)] : /\/\/([^:]+):(\d+)/.exec(connecting.to.path[0]!)!;
	await connecting.end.connect(host!, Number(port));
	const [first, second] = active === "caller" ? [caller, callee] : [callee, caller];
	const [pathOfSecond, pathOfFirst] = active === "caller" ? [answer.path, offer.path] : [offer.path, answer.path];
	first.send(pathOfSecond, "hello");
	first.send(pathOfSecond, "x".repeat(50_000));
	await until(() => second.received.length === 2 && first.answers.length === 2);
	second.send(pathOfFirst, "good day");
	await until(() => first.received.length === 1 && second.answers.length === 1);
	signalling.write(sipOf("BYE sip:b@example.com SIP/2.0", "BYE", 2));
	await until(() => seen.bye === true);
	const listening = (): Promise<boolean> => listens(connecting.end.connectedTo);
	return { proxy, entries, caller, callee, first, second, offer, answer, listening, target: active === "caller" ? callee : caller };
}

const SCENES: Scene[] = [
	{ mode: "path", active: "caller" },
	{ mode: "path", active: "callee" },
	{ mode: "path", active: "caller", secure: true },
	{ mode: "path", active: "callee", secure: true },
	{ mode: "cema", active: "caller", cema: true },
	{ mode: "cema", active: "callee", cema: true },
	{ mode: "cema", active: "callee" },
	{ mode: "relay", active: "caller" },
	{ mode: "relay", active: "callee" },
];

describe("a whole call, signalling and messages, through one proxy", () => {
	for (const scene of SCENES) {
		const kind = `${scene.secure ? " over TLS" : ""}${scene.cema ? " with a=msrp-cema" : ""}`;
		it(`${scene.mode}, the ${scene.active} connects${kind}`, async () => {
			const { entries, first, second, proxy, listening, target } = await call(scene);
			expect(second.received.map(({ body }) => body.length)).toEqual([5, 50_000]);
			expect(second.received[0]!.toPath).toEqual([second.uri]);
			expect(first.received.map(({ body }) => body)).toEqual(["good day"]);
			expect(first.received[0]!.toPath).toEqual([first.uri]);
			expect(first.answers.map(({ status }) => status)).toEqual([200, 200]);
			expect(second.answers.map(({ status }) => status)).toEqual([200]);
			expect(first.connectedTo).not.toBe(Number(/:(\d+)\//.exec(target.uri)![1]));
			const messages = entries.filter((entry) => entry.protocol === "msrp" && entry.msrp.method === "SEND");
			expect(messages.length).toBe(6);
			expect(new Set(messages.map(({ flow }) => flow.leg))).toEqual(new Set(["client", "server"]));
			expect(entries.flatMap(({ problems }) => problems).filter(({ id }) => /^(relay|anchor|proxy)\./.test(id))).toEqual([]);
			expect(await listening()).toBe(false);
			expect(proxy.connections).toBe(2);
		});
	}

	it("shows over TLS the certificate that the description announces", async () => {
		const { first, answer } = await call({ mode: "path", active: "caller", secure: true });
		expect(answer.fingerprint).toBe(`SHA-256 ${first.peerFingerprint}`);
		expect(answer.fingerprint).not.toBe(PRINT);
	});

	for (const active of ["caller", "callee"] as const) {
		it(`shows the other end the certificate that the ${active} seems to announce, which connects itself`, async () => {
			const { second, offer, answer } = await call({ mode: "path", active, secure: true });
			expect((active === "caller" ? offer : answer).fingerprint).toBe(`SHA-256 ${second.peerFingerprint}`);
		});

		for (const end of ["caller", "callee"] as const) {
			it(`the ${active} connects, and the ${end} announces another certificate than it shows`, async () => {
				const { entries } = await call({ mode: "path", active, secure: true, prints: { [end]: OTHER } });
				const found = entries.filter(({ problems }) => problems.some(({ id }) => id === "anchor.fingerprint-mismatch"));
				expect(
					found.map((entry) => "text" in entry && entry.text.endsWith(`${PRINT} was shown, ${OTHER} announced`.replace(/^SHA/, "sha"))),
				).toEqual([true]);
			});
		}
	}

	it("a path that was changed on the way is the tool's own doing", async () => {
		const { entries } = await call({ mode: "path", active: "caller" });
		const found = entries.flatMap(({ problems }) => problems).filter(({ id }) => id === "sdp.path-changed");
		expect(found.map(({ detail }) => detail?.endsWith("; rewritten by mitmsrp"))).toEqual([true]);
	});

	it("closes the listener of a session that nobody connects to, and no other", async () => {
		const server = await peer((socket) => void socket.on("data", () => {}));
		const context = contextFor();
		const ports = new ShellAnchorPorts(() => context, 0.1);
		onTestFinished(() => ports.close());
		const opened = async () => {
			let closed = false;
			const request = { name: "anchor", host: "127.0.0.1", ...PLAIN, target: { host: "127.0.0.1", port: server.port } };
			const port = await new Promise<AnchorPort>((resolve, reject) =>
				ports.open(
					request,
					(result) => ("refused" in result ? reject(new Error(result.refused)) : resolve(result)),
					() => {
						closed = true;
					},
				),
			);
			return { port, closed: () => closed };
		};
		const used = await opened();
		await client(used.port.port);
		await until(() => context.connections.size === 1);
		const unused = await opened();
		await until(() => unused.closed());
		expect([used.closed(), ports.size]).toEqual([false, 1]);
		expect(await listens(unused.port.port)).toBe(false);
		expect(await listens(used.port.port)).toBe(true);
		used.port.close();
		expect(await listens(used.port.port)).toBe(false);
	});

	it("says why a listener cannot be had", async () => {
		const context = contextFor();
		const ports = new ShellAnchorPorts(() => context);
		const ask = (host: string) =>
			new Promise((resolve) => ports.open({ name: "a", host, ...PLAIN, target: { host: "127.0.0.1", port: 9 } }, resolve, () => {}));
		expect(await ask("203.0.113.7")).toEqual({ refused: "cannot listen at 203.0.113.7:0: this is no address of this machine" });
		ports.close();
		expect(await ask("127.0.0.1")).toEqual({ refused: "the proxy is stopping" });
	});
});

function contextFor(): ProxyContext {
	const pipeline = new Pipeline({ onEntry: () => {} });
	const hub = new RelayHub();
	return new ProxyContext({
		pipeline,
		relay: (opening, sink) => hub.connect(opening, sink),
		openFlow: (flow) => pipeline.openFlow(flow),
		connectTimeout: 1000,
		pooled: true,
		authorityFolder: "",
		onSecret: undefined,
	});
}

function listens(port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const probe = connect({ host: "127.0.0.1", port });
		probe.once("error", () => resolve(false));
		probe.once("connect", () => {
			probe.destroy();
			resolve(true);
		});
	});
}
