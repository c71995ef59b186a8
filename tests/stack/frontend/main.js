import { io } from 'socket.io-client';

const WS_URL = import.meta.env.VITE_WS_URL;
const API_URL = '/api';

// As in routers that resolve paths outside of a browser, too: no place to which anything connects.
const createHref = (to) => new URL(to, typeof window < 'u' ? window.location.origin : 'http://localhost');

const root = document.getElementById('root');
const show = (text) => (root.textContent = text);
const socket = io(`${WS_URL}/im`, { auth: { token: localStorage.getItem('token') } });
socket.on('connected', ({ message }) => show(message));
socket.on('error', ({ message }) => show(message));
socket.on('connect_error', ({ message }) => show(message));
document.title = `IM ${createHref(API_URL).host}`;
