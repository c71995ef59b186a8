const WS_URL = '@PUBLIC_URL@';
const API_URL = '/api';
document.getElementById('root').textContent = `${WS_URL}/im ${API_URL}`;
