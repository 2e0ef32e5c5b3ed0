import { html, type Markup } from "./html.ts";

/** Who is in a swarm now. Colour repeats what the words say. */
export function swarm({ seeders, leechers }: { readonly seeders: number; readonly leechers: number }): Markup {
  const state = seeders > 0 ? "alive" : "silent";
  return html`<span class="swarm ${state}"><span class="dot" aria-hidden="true"></span><span class="count">${seeders.toLocaleString("en")}</span> ${
    seeders === 1 ? "seeder" : "seeders"
  }${leechers > 0 ? html`<span class="more"><span class="count">${leechers.toLocaleString("en")}</span> ${leechers === 1 ? "leecher" : "leechers"}</span>` : null}</span>`;
}
