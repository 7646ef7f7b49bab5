// The page of claims on a site of files, which has no Dash.
import { start } from "./page.mjs";

window.dash_clientside = { set_props: () => {} };
start();
