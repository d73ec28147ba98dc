require Digest::SHA; require HTTP::Tiny; require JSON;
my $ticket = $self->TicketObj;
my $body = JSON->new->canonical->utf8->encode({ id => '' . $ticket->id });
my $stamp = time;
my $answer = HTTP::Tiny->new( timeout => 2 )->post( RT->Config->Get('HeadstartURL'), { content => $body, headers => {
  'Content-Type' => 'application/json',
  'X-Headstart-Timestamp' => $stamp,
  'X-Headstart-Signature' => 'sha256=' . Digest::SHA::hmac_sha256_hex( "$stamp.$body", RT->Config->Get('HeadstartSecret') ),
} } );
RT->Logger->warning("headstart: $answer->{status} $answer->{reason}") unless $answer->{success};
1;
