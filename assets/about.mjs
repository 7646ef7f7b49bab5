// What Dash loads for the page of claims, and nothing imports: Dash adds a query to its address, so that an
// import would be a second instance.
import { start } from "./js/about/page.mjs";

start();
