/** Finds nginx for the tests, and runs it in front of several workers of an app. */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findPrograms } from "./programs.mjs";
import { freePort } from "./python.mjs";

/** @type {import("./programs.mjs").Program} */
const NGINX = {
  name: "nginx",
  variable: "NGINX",
  places: [
    "/usr/sbin/nginx",
    "/usr/local/sbin/nginx",
    "/usr/local/bin/nginx",
    "/opt/homebrew/bin/nginx",
  ],
  debian: "nginx",
};

const START_TIMEOUT_MS = 90_000;
const POLL_MS = 50;

/**
 * Returns the path of nginx, as {@link findPrograms} finds it.
 *
 * @param {(line: string) => void} log receives progress
 * @returns {string}
 */
export function findNginx(log = console.log) {
  const [nginx] = findPrograms([NGINX], log);
  return nginx;
}

/**
 * @typedef {object} Nginx
 * @property {string} url the app's address, with a slash at the end
 * @property {() => NginxRequest[]} requests the completed requests
 * @property {() => Promise<void>} stop
 */

/** @typedef {{ worker: string, status: number, path: string }} NginxRequest */

/**
 * Runs nginx in front of workers. A cookie assigns each browser to a worker.
 *
 * @param {object} options
 * @param {string} options.prefix the path of the app, with a slash at each end
 * @param {Record<string, number>} options.workers the ports of the workers by name
 * @param {boolean} [options.websockets] whether websockets get through; true by default
 * @param {number} [options.idleSeconds] after how many seconds without traffic a connection is closed
 * @param {boolean} [options.isApp] whether the workers serve pages, for which the start waits; true by default
 * @param {boolean} [options.compress] whether nginx compresses all files
 * @param {(line: string) => void} [options.log] receives progress
 * @returns {Promise<Nginx>}
 */
export async function startNginx({ log, isApp = true, ...options }) {
  const { prefix } = options;
  const nginx = findNginx(log);
  const folder = mkdtempSync(path.join(tmpdir(), "shiny-comm-nginx-"));
  const port = await freePort();
  const config = path.join(folder, "nginx.conf");
  writeFileSync(config, configText({ folder, port, ...options }));
  const child = spawn(nginx, ["-p", folder, "-c", config, "-e", path.join(folder, "error.log")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let written = "";
  child.stderr.on("data", (data) => {
    written += data;
  });
  /** @type {Promise<void>} */
  const exited = new Promise((resolve) => {
    child.on("error", (error) => {
      written += error.message;
      resolve();
    });
    child.on("close", () => resolve());
  });
  const killNow = () => child.kill("SIGKILL");
  process.once("exit", killNow);
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    process.off("exit", killNow);
    rmSync(folder, { recursive: true, force: true });
  };

  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  const url = `http://127.0.0.1:${port}${prefix}`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!ended && Date.now() < deadline) {
    try {
      const response = await fetch(url);
      await response.arrayBuffer();
      if (response.ok || !isApp) {
        return { url, stop, requests: () => readRequests(path.join(folder, "access.log")) };
      }
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  await stop();
  throw new Error(`nginx did not serve the app at ${url}: ${written.trim()}`);
}

/** @returns {NginxRequest[]} */
function readRequests(file) {
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => {
    const [worker = "", status = "", ...rest] = line.split(" ");
    return { worker, status: Number(status), path: rest.join(" ") };
  });
}

function configText({
  folder,
  port,
  prefix,
  workers,
  websockets = true,
  idleSeconds = 60,
  compress = false,
}) {
  const names = Object.keys(workers);
  const share = `${Math.floor(100 / names.length)}%`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
# One process is enough, and runs as the user of its parent.
master_process off;
pid ${folder}/nginx.pid;
events {}
http {
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  log_format by_worker '$worker $status $request_uri';
  access_log ${folder}/access.log by_worker;
  # SockJS without websockets sends each message as the body of a request.
  client_max_body_size 64m;

  ${names.map((name) => `upstream ${name} { server 127.0.0.1:${workers[name]}; }`).join("\n  ")}
  split_clients $request_id $any_worker {
    ${names.map((name, index) => `${index < names.length - 1 ? share : "*"} ${name};`).join("\n    ")}
  }
  map $cookie_worker $worker {
    ${names.map((name) => `${name} ${name};`).join("\n    ")}
    default $any_worker;
  }
  map $http_upgrade $connection_upgrade {
    default upgrade;
    "" close;
  }
  server {
    listen 127.0.0.1:${port};
    location ${prefix} {
      rewrite ^${prefix}(.*)$ /$1 break;
      proxy_pass http://$worker;
      proxy_http_version 1.1;
      ${websockets ? "proxy_set_header Upgrade $http_upgrade;" : ""}
      proxy_set_header Connection ${websockets ? "$connection_upgrade" : '""'};
      proxy_read_timeout ${idleSeconds}s;
      proxy_send_timeout ${idleSeconds}s;
      ${compress ? "gzip on; gzip_proxied any; gzip_types *; gzip_min_length 1;" : ""}
      proxy_set_header Host $http_host;
      add_header Set-Cookie "worker=$worker; Path=${prefix}";
    }
  }
}
`;
}
