// Runs a command with its output thrown away; answers CPU seconds (user + system, children included), wall seconds and peak memory.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** @returns {Promise<{cpu: number, wall: number, peakMB: number}>} rejects when the command fails */
export async function measure(command, args) {
	const folder = mkdtempSync(join(tmpdir(), "mitmsrp-bench-"));
	const times = join(folder, "times");
	const began = process.hrtime.bigint();
	// bash's `times` counts user and system time of everything that it waited for.
	const child = spawn("bash", ["-c", `"$@" >/dev/null 2>"$0.err"; code=$?; times >"$0"; exit $code`, times, command, ...args], {
		stdio: "ignore",
	});
	let peak = 0;
	const sampler = setInterval(() => {
		peak = Math.max(peak, peakOfChildren(child.pid));
	}, 25);
	const code = await new Promise((done) => child.once("exit", done));
	clearInterval(sampler);
	const wall = Number(process.hrtime.bigint() - began) / 1e9;
	try {
		if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}: ${readFileSync(`${times}.err`, "utf8").slice(-500)}`);
		const seconds = readFileSync(times, "utf8")
			.trim()
			.split("\n")[1]
			.split(/\s+/)
			.map((text) => {
				const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text);
				return Number(minutes) * 60 + Number(rest);
			});
		return { cpu: seconds[0] + seconds[1], wall, peakMB: peak };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Highest VmHWM of the processes that this one started, in MB; 0 where /proc is missing. */
function peakOfChildren(parent) {
	try {
		let peak = 0;
		for (const pid of readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ").filter(Boolean)) {
			const status = readFileSync(`/proc/${pid}/status`, "utf8");
			peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
		}
		return peak;
	} catch {
		return 0;
	}
}

/** The best of several runs: what else the machine does only ever adds. */
export async function best(times, command, args) {
	let result;
	for (let i = 0; i < times; i++) {
		const run = await measure(command, args);
		if (result === undefined || run.cpu < result.cpu) result = { ...run, peakMB: Math.max(run.peakMB, result?.peakMB ?? 0) };
	}
	return result;
}
