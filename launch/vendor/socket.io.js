// Socket.IO's client, as static/js/connection.js imports it.
export { io } from "socket.io-client";
