import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";

/** What is undone after the test that is running, last things first. */
export const cleanups: (() => unknown)[] = [];
afterEach(async () => {
	for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A folder for one test. */
export function folder(): string {
	const path = mkdtempSync(join(tmpdir(), "mitmsrp-peers-"));
	cleanups.push(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

/** A port that was free a moment ago: these programs cannot tell which one they took. */
export async function freePort(kind: "tcp" | "udp" = "tcp"): Promise<number> {
	if (kind === "udp") {
		const socket = createSocket("udp4").bind(0, "127.0.0.1");
		await once(socket, "listening");
		const { port } = socket.address();
		socket.close();
		await once(socket, "close");
		return port;
	}
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address() as { port: number };
	server.close();
	await once(server, "close");
	return port;
}

/** Starts a program; `ended` has its exit code and output. It is stopped, by its own id, when the test is over. */
export function program(command: string, args: string[], cwd: string) {
	const child = spawn(command, args, { cwd, stdio: ["pipe", "pipe", "pipe"] });
	let output = "";
	for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output = (output + data).slice(-20_000)));
	const ended = once(child, "exit").then(([code]) => ({ code: code as number | null, output }));
	cleanups.push(async () => {
		if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
		await ended;
	});
	return { child, ended, output: () => output };
}

/** Until something accepts connections there, or 10 s are over. */
export async function accepting(port: number): Promise<void> {
	for (let tries = 0; tries < 100; tries++) {
		const socket = connect(port, "127.0.0.1");
		const open = await new Promise<boolean>((done) => socket.once("connect", () => done(true)).once("error", () => done(false)));
		socket.destroy();
		if (open) return;
		await new Promise((done) => setTimeout(done, 100));
	}
	throw new Error(`nothing listens at port ${port}`);
}

/** Runs Kamailio with a configuration; ready when it accepts connections at that port. */
export async function kamailio(config: string, port: number): Promise<{ output(): string }> {
	const cwd = folder();
	const file = join(cwd, "kamailio.cfg");
	writeFileSync(file, config);
	const server = program("kamailio", ["-f", file, "-DD", "-E", "-Y", cwd, "-P", join(cwd, "pid"), "-w", cwd, "-m", "32", "-M", "8"], cwd);
	// Its children end with it only when it is asked to end.
	cleanups.push(async () => {
		server.child.kill("SIGTERM");
		await Promise.race([server.ended, new Promise((done) => setTimeout(done, 5000))]);
	});
	await accepting(port).catch((error: Error) => {
		throw new Error(`${error.message}: ${server.output()}`);
	});
	return server;
}
