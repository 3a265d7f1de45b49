import { io } from "../../layers/client/javascript/watchbill-live.js";

const socket = io('http://localhost:3007');

// Join user session
socket.emit('join_session', { sessionId: 'user-session-123' });

// Listen for real-time updates
socket.on('agent_update', (data) => {
  console.log('Agent progress:', data);
  // Update UI with agent status
});

socket.on('chat_response', (data) => {
  console.log('Final response:', data.reply);
  // Display response to user
});

socket.on('campaign_update', (data) => {
  console.log('Campaign progress:', data);
  // Update campaign creation progress
});

// Send chat message
const response = await fetch('/api/chat', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({
    message: "Create a campaign for Instagram",
    context: {
      negocio: "Tech Company",
      objetivo: "lead generation",
      canales: ["instagram", "facebook"]
    }
  })
});
