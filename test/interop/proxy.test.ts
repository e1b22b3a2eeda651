import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import JsSIP from "jssip";
import { describe, expect } from "vitest";
import { WebSocket } from "ws";
import { createClient, createFocus, createProxy, type LiveProxy, type ProxyOptions } from "../../src/index.js";
import { itWith } from "./peers.js";
import { accepting, cleanups, folder, freePort, kamailio, program } from "./programs.js";

async function proxy(hop: string, more: Partial<ProxyOptions> = {}): Promise<{ live: LiveProxy; port: number; seen: string[] }> {
	const live = createProxy({ hops: [hop], classify: {}, ...more });
	const seen: string[] = [];
	live.on("entry", (entry) => {
		if (entry.protocol === "sip")
			seen.push(`${entry.flow.leg} ${entry.over} ${entry.sip.kind === "request" ? entry.sip.method : entry.sip.status}`);
		else seen.push(`${entry.flow.leg} ${entry.protocol}`);
	});
	cleanups.push(() => live.close(0));
	await live.ready;
	return { live, port: live.hops[0]!.port, seen };
}

const count = (seen: readonly string[], what: string): number => seen.filter((item) => item === what).length;

describe("SIPp calls through the proxy", () => {
	for (const [name, scheme, mode] of [
		["TCP", "tcp", "t1"],
		["UDP", "udp", "u1"],
	] as const) {
		itWith("sipp", `100 calls at 50 a second over ${name}`, async () => {
			const cwd = folder();
			const target = await freePort(scheme);
			const uas = program("sipp", ["-sn", "uas", "-i", "127.0.0.1", "-p", String(target), "-t", mode, "-nostdin"], cwd);
			if (scheme === "tcp") await accepting(target);
			else await new Promise((done) => setTimeout(done, 1000));
			const { port, seen } = await proxy(`${scheme}://127.0.0.1:0=>${scheme}://127.0.0.1:${target}`);
			const own = await freePort(scheme);
			const uac = program(
				"sipp",
				[
					"-sn",
					"uac",
					`127.0.0.1:${port}`,
					"-i",
					"127.0.0.1",
					"-p",
					String(own),
					"-t",
					mode,
					"-m",
					"100",
					"-r",
					"50",
					"-nostdin",
					"-timeout",
					"40",
				],
				cwd,
			);
			const { code, output } = await uac.ended;
			expect(code, output).toBe(0);
			for (const leg of ["client", "server"]) {
				for (const what of ["INVITE", "180", "ACK", "BYE"]) expect([what, count(seen, `${leg} ${scheme} ${what}`)]).toEqual([what, 100]);
				expect(count(seen, `${leg} ${scheme} 200`)).toBe(200);
			}
			expect(uas.child.exitCode).toBeNull();
		});
	}
});

describe("OpenSSL's client and the local authority", () => {
	itWith("openssl", "verifies our certificate, and what it sends comes back from the target", async () => {
		const cwd = folder();
		const echo: Server = createServer((socket: Socket) => socket.pipe(socket).on("error", () => {}));
		echo.listen(0, "127.0.0.1");
		await once(echo, "listening");
		cleanups.push(() => echo.close());
		const { port } = await proxy(`tls://127.0.0.1:0=>tcp://127.0.0.1:${(echo.address() as { port: number }).port}`, {
			authorityFolder: cwd,
		});
		// The authority is made on first use: somebody has to have asked.
		const first = connectTls({ port, host: "127.0.0.1", servername: "chat.example.com", rejectUnauthorized: false });
		await once(first, "secureConnect");
		first.destroy();
		const client = program(
			"openssl",
			[
				"s_client",
				"-connect",
				`127.0.0.1:${port}`,
				"-servername",
				"chat.example.com",
				"-verify_hostname",
				"chat.example.com",
				"-CAfile",
				join(cwd, "ca.pem"),
				"-verify_return_error",
				"-quiet",
				"-no_ign_eof",
			],
			cwd,
		);
		client.child.stdin.write("hello through TLS\n");
		for (let tries = 0; tries < 100 && !client.output().includes("hello through TLS"); tries++)
			await new Promise((done) => setTimeout(done, 50));
		expect(client.output()).toContain("hello through TLS");
		client.child.stdin.end();
		expect((await client.ended).code).toBe(0);
	});
});

describe("JsSIP over WebSocket", () => {
	itWith("node", "registers at the demo's focus through the proxy", async () => {
		Object.assign(globalThis, { WebSocket });
		const focus = await createFocus({ listen: ["ws://127.0.0.1:0"] });
		cleanups.push(() => focus.close());
		const { port, seen } = await proxy(`ws://127.0.0.1:0=>${focus.places[0]}`);
		const agent = new JsSIP.UA({
			sockets: [new JsSIP.WebSocketInterface(`ws://127.0.0.1:${port}`)],
			uri: "sip:alice@example.com",
			register: true,
		});
		const registered = new Promise<void>((done, fail) => {
			agent.on("registered", () => done());
			agent.on("registrationFailed", ({ cause }) => fail(new Error(cause)));
			agent.on("disconnected", ({ reason }) => fail(new Error(`disconnected: ${reason}`)));
		});
		agent.start();
		cleanups.push(() => agent.stop());
		await registered;
		for (const leg of ["client", "server"]) {
			expect(seen).toContain(`${leg} ws REGISTER`);
			expect(seen).toContain(`${leg} ws 200`);
		}
	});
});

describe("a browser page", () => {
	itWith("chromium", "talks SIP over WebSocket through the proxy", async () => {
		const cwd = folder();
		const focus = await createFocus({ listen: ["ws://127.0.0.1:0"] });
		cleanups.push(() => focus.close());
		const { port, seen } = await proxy(`ws://127.0.0.1:0=>${focus.places[0]}`);
		const options = [
			"OPTIONS sip:example.com SIP/2.0",
			"Via: SIP/2.0/WS browser.invalid;branch=z9hG4bKpage",
			"Max-Forwards: 70",
			"From: <sip:page@example.com>;tag=p",
			"To: <sip:example.com>",
			"Call-ID: page@browser.invalid",
			"CSeq: 1 OPTIONS",
			"Content-Length: 0",
			"",
			"",
		].join("\r\n");
		const html = `<!doctype html><title>page</title><script>
const tell = (text) => fetch("/result", { method: "POST", body: text });
const socket = new WebSocket("ws://127.0.0.1:${port}", "sip");
socket.onopen = () => socket.send(${JSON.stringify(options)});
socket.onmessage = async ({ data }) => tell(typeof data === "string" ? data : await data.text());
socket.onerror = () => tell("failed");
</script>`;
		const told = new Promise<string>((done) => {
			const site = createHttpServer((request, response) => {
				let body = "";
				request.on("data", (data) => (body += data));
				request.on("end", () => {
					if (request.method === "POST") done(body);
					response.setHeader("content-type", "text/html").end(html);
				});
			}).listen(0, "127.0.0.1", () => {
				cleanups.push(() => site.close());
				const address = site.address() as { port: number };
				program(
					"chromium",
					["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${join(cwd, "profile")}`, `http://127.0.0.1:${address.port}/`],
					cwd,
				);
			});
		});
		expect((await told).split("\r\n")[0]).toBe("SIP/2.0 200 OK");
		expect(seen.filter((item) => item.includes("OPTIONS"))).toEqual(["client ws OPTIONS", "server ws OPTIONS"]);
	});
});

/** Kamailio as a stateless proxy towards the focus, over TCP and WebSocket. */
function kamailioConfig(port: number, target: number): string {
	return `#!KAMAILIO
debug=1
log_stderror=yes
children=2
tcp_children=2
fork=yes
disable_tcp=no
auto_aliases=no
listen=tcp:127.0.0.1:${port}
tcp_accept_no_cl=yes
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "xhttp.so"
loadmodule "nathelper.so"
loadmodule "websocket.so"
request_route {
	force_rport();
	$du = "sip:127.0.0.1:${target};transport=tcp";
	t_relay();
}
event_route[xhttp:request] {
	if ($hdr(Upgrade) =~ "websocket") { ws_handle_handshake(); exit; }
	xhttp_reply("404", "Not Found", "", "");
}
`;
}

describe("Kamailio between the proxy and the focus", () => {
	for (const transport of ["tcp", "ws"] as const) {
		itWith("kamailio", `over ${transport}: a client registers`, async () => {
			const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"] });
			cleanups.push(() => focus.close());
			const port = await freePort();
			await kamailio(kamailioConfig(port, Number(focus.places[0]!.split(":").at(-1))), port);
			const { port: here, seen } = await proxy(`${transport}://127.0.0.1:0=>${transport}://127.0.0.1:${port}`);
			const alice = await createClient({ user: "sip:alice@example.com", name: "Alice", server: `${transport}://127.0.0.1:${here}` });
			cleanups.push(() => alice.close());
			await alice.register();
			for (const leg of ["client", "server"]) {
				expect(seen).toContain(`${leg} ${transport} REGISTER`);
				expect(seen).toContain(`${leg} ${transport} 200`);
			}
		});
	}
});
