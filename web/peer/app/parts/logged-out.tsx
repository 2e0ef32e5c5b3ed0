/** Stands where a browser has no session: how to get one. */
export function LoggedOut() {
  return (
    <section class="notice">
      <h2 id="logged-out">This browser is not logged in</h2>
      <p>
        Only you may see and steer your peer. On the machine that it runs on, this prints an address that logs one
        browser in, once:
      </p>
      <div class="command">
        <pre>
          <code>floodgate peer ui</code>
        </pre>
      </div>
      <p class="soft">A login ends with the peer, or after twelve hours without use.</p>
    </section>
  );
}
