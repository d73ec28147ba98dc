# What the tests' Request Tracker holds: three queues, two integration users, three
# people who report, our custom fields, and a scrip that tells a listener of each
# change. All names are invented. Read by rt-setup-database --action insert.
use strict;
use warnings;

our @Queues = (
  { Name => 'Desk', CorrespondAddress => 'desk@rt.example', CommentAddress => 'desk-notes@rt.example' },
  { Name => 'Outages', CorrespondAddress => 'outages@rt.example' },
  { Name => 'Personnel' },    # neither integration user may see it
);

our @Users = (
  { Name => 'robot', Password => 'not-used-by-tests', Privileged => 1, Timezone => 'UTC', EmailAddress => 'robot@rt.example' },
  { Name => 'reader', Password => 'not-used-by-tests', Privileged => 1, EmailAddress => 'reader@rt.example' },
  { Name => 'k.bakker', RealName => 'Karin Bakker', EmailAddress => 'k.bakker@voorbeeld.example', Organization => 'Financien', City => 'Utrecht', Privileged => 0 },
  { Name => 'm.elamrani', RealName => 'Mo El Amrani', EmailAddress => 'm.elamrani@voorbeeld.example', Organization => 'Magazijn', City => 'Zwolle', Privileged => 0 },
  { Name => 'balie', RealName => 'Balie Noord', EmailAddress => 'balie@voorbeeld.example', City => 'Utrecht', Privileged => 0 },
);

our @CustomFields = map { { Name => $_, Type => 'FreeformSingle', LookupType => 'RT::Queue-RT::Ticket', Queue => [ 'Desk', 'Outages' ] } }
  qw(Location Department Category Channel ReportedAt HeadstartID);

my @work = qw(SeeQueue ShowTicket ShowTicketComments CommentOnTicket ReplyToTicket CreateTicket ModifyTicket DeleteTicket SeeCustomField ModifyCustomField);
our @ACL = (
  ( map { my $queue = $_; map { { UserId => 'robot', Queue => $queue, Right => $_ } } @work } qw(Desk Outages) ),
  ( map { { UserId => 'reader', Queue => 'Desk', Right => $_ } } qw(SeeQueue ShowTicket SeeCustomField) ),
  ( map { { GroupDomain => 'SystemInternal', GroupType => 'Everyone', Queue => 'Desk', Right => $_ } } qw(CreateTicket ReplyToTicket) ),
  ( map { { UserId => $_, Right => 'ManageAuthTokens' } } qw(robot reader) ),
);

# The hook of docs/tickets/rt.md, with address and secret from RT_SiteConfig.
our @Scrips = ( {
  Description => 'tell headstart', Queue => 0, Stage => 'TransactionBatch',
  ScripCondition => 'User Defined', ScripAction => 'User Defined', Template => 'Blank',
  CustomIsApplicableCode => q{ RT->Config->Get('HeadstartURL') ? 1 : 0 },
  CustomPrepareCode => '1',
  CustomCommitCode => do { local $/; open my $f, '<', $ENV{RTTEST_HOOK} or die "hook: $!"; <$f> },
} );

our @Final = ( sub {
  open my $out, '>', $ENV{RTTEST_TOKENS} or die "tokens: $!";
  for my $name (qw(robot reader)) {
    my $user = RT::CurrentUser->new;
    $user->Load($name);
    my ($ok, $why, $token) = RT::AuthToken->new($user)->Create( Owner => $user->id, Description => 'tests' );
    die "token of $name: $why" unless $ok;
    print {$out} "$name $token\n";
  }
  close $out or die "tokens: $!";
} );

1;
